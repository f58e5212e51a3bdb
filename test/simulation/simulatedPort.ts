// The io of the simulation: performs outputs on the simulated network and clock.
import type { Capabilities, ChannelId, Input, Milliseconds } from '../../src/core/contract.js'
import type { IoOutput, Port, Transport } from '../../src/io/port.js'
import type { Clock, Random } from './clock.js'
import { type Host, type Network, Pipe, RtcEnd } from './network.js'

export class SimulatedPort implements Port {
  readonly capabilities: Capabilities = { webSocket: true, rtc: true }
  private emit: (input: Input) => void = () => {}
  private readonly channels = new Map<ChannelId, Transport>()
  private readonly timers = new Map<string, () => void>()
  private adopted = 0
  isDead = false

  constructor(
    private readonly host: Host,
    private readonly network: Network,
    private readonly clock: Clock,
    readonly random: Random['bytes'],
  ) {}

  /** What is still held: promise G6. */
  get held(): number {
    return this.channels.size + this.timers.size
  }

  /** The process dies without a word. */
  kill(): void {
    this.isDead = true
    for (const cancel of this.timers.values()) cancel()
    for (const transport of this.channels.values()) if (transport instanceof Pipe) transport.abort()
  }

  start(emit: (input: Input) => void): void {
    this.emit = (input) => {
      if (!this.isDead) emit(input)
    }
  }

  now(): Milliseconds {
    return this.clock.now
  }

  endOfTurn(callback: () => void): void {
    this.clock.after(0, () => this.network.soon(this.host, () => !this.isDead && callback()))
  }

  watch(): void {}

  adopt(socket: Transport): ChannelId {
    const channel = --this.adopted
    this.own(channel, socket)
    return channel
  }

  release(channel: ChannelId): Transport | undefined {
    const socket = this.channels.get(channel)
    this.channels.delete(channel)
    socket?.listen(undefined)
    return socket
  }

  perform(output: IoOutput): void {
    switch (output.do) {
      case 'dial':
        return this.own(output.channel, this.network.dial(this.host, output.url))
      case 'offer':
        return this.own(output.channel, this.network.offer(this.host))
      case 'answer':
        return this.own(output.channel, this.network.answer(this.host, output.sdp))
      case 'settle': {
        const end = this.channels.get(output.channel)
        return end instanceof RtcEnd ? this.network.settle(end, output.sdp) : undefined
      }
      case 'candidates':
        return
      case 'send':
        return this.channels.get(output.channel)?.send(output.bytes)
      case 'close':
        this.channels.get(output.channel)?.close(output.code, output.reason)
        this.channels.delete(output.channel)
        return
      case 'timer':
        return this.setTimer(output.timer, output.at, () => this.emit({ on: 'timer', timer: output.timer }))
    }
  }

  private setTimer(name: string, at: Milliseconds | undefined, action: () => void): void {
    this.timers.get(name)?.()
    this.timers.delete(name)
    if (at === undefined) return
    const ring = () =>
      this.network.soon(this.host, () => {
        if (this.timers.get(name) !== cancel) return
        this.timers.delete(name)
        action()
      })
    // As setTimeout: never at once.
    const cancel = this.clock.at(Math.max(at, this.clock.now + 1), ring)
    this.timers.set(name, cancel)
  }

  private own(channel: ChannelId, transport: Transport): void {
    this.channels.set(channel, transport)
    if (transport instanceof RtcEnd) {
      transport.described = (sdp) => {
        this.emit({ on: 'described', channel, sdp })
        this.emit({ on: 'candidates', channel, candidates: ['{"candidate":"simulated"}'] })
      }
    }
    const isMine = () => this.channels.get(channel) === transport
    transport.listen({
      opened: () => isMine() && this.emit({ on: 'opened', channel }),
      message: (bytes) => isMine() && this.emit({ on: 'received', channel, bytes }),
      drained: (queued) => isMine() && this.emit({ on: 'drained', channel, queued }),
      closed: (code, reason) => {
        if (!isMine()) return
        this.channels.delete(channel)
        this.emit({ on: 'closed', channel, code, reason })
      },
    })
  }
}
