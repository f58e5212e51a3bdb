// The io of the simulation: performs outputs on the simulated network and clock.
import type { Capabilities, ChannelId, Input, Milliseconds } from '../../src/core/contract.js'
import type { IoOutput, Port, Transport } from '../../src/io/port.js'
import type { Clock, Random } from './clock.js'
import { type Host, type Network, Pipe, RtcEnd } from './network.js'

export class SimulatedPort implements Port {
  readonly capabilities: Capabilities = { webSocket: true, rtc: true }
  private emit: (input: Input) => void = () => {}
  private readonly channels = new Map<ChannelId, Transport>()
  private readonly timers = new Map<string, Alarm>()
  private adopted = 0
  /** How far this host's clock is ahead. */
  private ahead = 0
  /** Timers of a tab in the background ring at multiples of this only. */
  private step = 1
  isDead = false
  /** A process that lies: what it really sends in place of these bytes. */
  tamper: ((channel: ChannelId, bytes: Uint8Array) => readonly Uint8Array[]) | undefined
  /** A process that pretends: where it really dials. */
  redirect: (url: string) => string = (url) => url

  constructor(
    private readonly host: Host,
    private readonly network: Network,
    private readonly clock: Clock,
    readonly random: Random['bytes'],
  ) {}

  /** What is still held: promise G6. */
  get held(): string[] {
    return [...this.timers.keys(), ...[...this.channels.keys()].map((channel) => `channel ${channel}`)]
  }

  /** Connections that both still hold. */
  linksWith(other: SimulatedPort): number {
    const theirs = new Set(other.channels.values())
    return [...this.channels.values()].filter(
      (end) => end instanceof Pipe && end.isReady && end.other && theirs.has(end.other),
    ).length
  }

  /** The process dies without a word. */
  kill(): void {
    this.isDead = true
    for (const { cancel } of this.timers.values()) cancel()
    this.timers.clear()
    for (const transport of this.channels.values()) if (transport instanceof Pipe) transport.abort()
  }

  start(emit: (input: Input) => void): void {
    this.emit = (input) => {
      if (!this.isDead) emit(input)
    }
  }

  now(): Milliseconds {
    return this.clock.now + this.ahead
  }

  /** The clock jumps ahead, as after the sleep of a computer. */
  jump(by: Milliseconds): void {
    this.ahead += by
    this.rearm()
  }

  throttle(step: Milliseconds): void {
    this.step = step
    this.rearm()
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
        return this.own(output.channel, this.network.dial(this.host, this.redirect(output.url)))
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
        return this.send(output.channel, output.bytes)
      case 'close':
        this.channels.get(output.channel)?.close(output.code, output.reason)
        this.channels.delete(output.channel)
        return
      case 'timer':
        return this.setTimer(output.timer, output.at, () => this.emit({ on: 'timer', timer: output.timer }))
    }
  }

  private send(channel: ChannelId, bytes: Uint8Array): void {
    for (const each of this.tamper?.(channel, bytes) ?? [bytes]) this.channels.get(channel)?.send(each)
  }

  private setTimer(name: string, at: Milliseconds | undefined, action: () => void): void {
    this.timers.get(name)?.cancel()
    this.timers.delete(name)
    if (at !== undefined) this.arm(name, at, action)
  }

  private arm(name: string, at: Milliseconds, action: () => void): void {
    const ring = () =>
      this.network.soon(this.host, () => {
        if (this.timers.get(name) !== alarm) return
        this.timers.delete(name)
        action()
      })
    // As setTimeout: never at once.
    const due = Math.ceil(Math.max(at, this.now() + 1) / this.step) * this.step
    const alarm = { at, action, cancel: this.clock.at(due - this.ahead, ring) }
    this.timers.set(name, alarm)
  }

  private rearm(): void {
    for (const [name, { at, action, cancel }] of [...this.timers]) {
      cancel()
      this.arm(name, at, action)
    }
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

interface Alarm {
  readonly at: Milliseconds
  readonly action: () => void
  readonly cancel: () => void
}
