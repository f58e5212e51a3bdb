// What the ports of browsers and of Node share: which channel is which transport, and the timers. It turns outputs into
// calls of a transport, and a transport's events into inputs; what is dialled and with what, the two ports decide.
import type { Capabilities, ChannelId, Input, Milliseconds, Output, TurnServer } from '../core/contract.js'
import * as limits from '../core/limits.js'
import { messageOf, Refused } from './connection.js'
import { DataChannelTransport, type PeerConnectionConstructor, type PeerSetup } from './dataChannel.js'
import type { RtcConfiguration } from './ice.js'
import { ofThisProcess, type PeerConnections } from './peerConnections.js'
import type { IoOutput, Port, Transport, TransportEvents } from './port.js'
import { Timers } from './timers.js'

export interface PortOptions {
  readonly rtcConfiguration?: RtcConfiguration
  /** Another implementation of WebRTC. */
  readonly rtcPeerConnection?: PeerConnectionConstructor
  /** Node: a peer's URL may lead into this network, or to this machine. */
  readonly allowPrivateAddresses?: boolean
  readonly signalingServer?: string
  /** For Sigver. A function is asked each time. */
  readonly token?: string | (() => string | Promise<string>)
  /** Counts the peer connections; by default one count for the whole process. */
  readonly peerConnections?: PeerConnections
}

type Dial = Extract<Output, { do: 'dial' }>

export abstract class ChannelPort implements Port {
  private readonly channels = new Map<ChannelId, Transport>()
  private readonly timers = new Timers(
    () => this.now(),
    (timer) => this.emit({ on: 'timer', timer }),
  )
  private adopted: ChannelId = 0
  private turn: TurnServer | undefined
  protected emit: (input: Input) => void = () => {}

  constructor(protected readonly options: PortOptions) {}

  abstract readonly capabilities: Capabilities
  abstract endOfTurn(callback: () => void): void
  abstract watch(active: boolean): void
  /** May throw the reason why not; so may the next. */
  protected abstract dial(url: string, trust: Dial['trust']): Transport
  protected abstract peerSetup(): Omit<PeerSetup, 'configuration' | 'connections'>

  start(emit: (input: Input) => void): void {
    this.emit = emit
  }

  now(): Milliseconds {
    return performance.now()
  }

  random(bytes: number): Uint8Array {
    return crypto.getRandomValues(new Uint8Array(bytes))
  }

  perform(output: IoOutput): void {
    switch (output.do) {
      case 'dial':
        return this.open(output.channel, () => this.dial(output.url, output.trust))
      case 'offer':
        return this.open(output.channel, () => this.connect())
      case 'answer':
        return this.open(output.channel, () => this.connect(output.sdp))
      case 'settle':
        return this.peer(output.channel)?.settle(output.sdp)
      case 'candidates':
        return this.peer(output.channel)?.addCandidates(output.candidates)
      case 'send':
        return this.channels.get(output.channel)?.send(output.bytes)
      case 'close':
        return this.take(output.channel)?.close(output.code, output.reason)
      case 'token':
        return void this.askToken(output.channel)
      case 'ice':
        this.turn = output.server
        return
      case 'timer':
        return this.timers.set(output.timer, output.at)
    }
  }

  adopt(socket: Transport): ChannelId {
    const channel = --this.adopted
    this.own(channel, socket)
    return channel
  }

  release(channel: ChannelId): Transport | undefined {
    const socket = this.take(channel)
    socket?.listen(undefined)
    return socket
  }

  private open(channel: ChannelId, begin: () => Transport): void {
    this.own(channel, attempt(begin))
  }

  private connect(offer?: string): Transport {
    const { rtcConfiguration: configuration, peerConnections: connections = ofThisProcess } = this.options
    const setup = { ...this.peerSetup(), configuration, connections, turn: this.turn }
    return new DataChannelTransport(setup, offer)
  }

  private async askToken(channel: ChannelId): Promise<void> {
    const { token } = this.options
    try {
      // Asked in a turn of its own: a user's function must not run inside the handling of an output.
      const given: unknown = typeof token === 'function' ? await Promise.resolve().then(token) : await token
      if (typeof given !== 'string') throw new Error('the token is not a string')
      if (given.length > limits.token) throw new Error(`the token is longer than ${limits.token} characters`)
      this.emit({ on: 'token', channel, token: given, problem: undefined })
    } catch (error) {
      this.emit({ on: 'token', channel, token: '', problem: messageOf(error) })
    }
  }

  private own(channel: ChannelId, transport: Transport): void {
    this.channels.set(channel, transport)
    transport.listen(this.eventsOf(channel))
  }

  private take(channel: ChannelId): Transport | undefined {
    const transport = this.channels.get(channel)
    this.channels.delete(channel)
    return transport
  }

  private peer(channel: ChannelId): DataChannelTransport | undefined {
    const transport = this.channels.get(channel)
    return transport instanceof DataChannelTransport ? transport : undefined
  }

  private eventsOf(channel: ChannelId): TransportEvents {
    return {
      opened: () => this.emit({ on: 'opened', channel }),
      described: (sdp) => this.emit({ on: 'described', channel, sdp }),
      candidates: (candidates) => this.emit({ on: 'candidates', channel, candidates }),
      message: (bytes) => this.emit({ on: 'received', channel, bytes }),
      drained: (queued) => this.emit({ on: 'drained', channel, queued }),
      closed: (code, reason) => {
        this.channels.delete(channel)
        this.emit({ on: 'closed', channel, code, reason })
      },
    }
  }
}

/** What cannot even be begun is a connection that closes. */
function attempt(begin: () => Transport): Transport {
  try {
    return begin()
  } catch (error) {
    return new Refused(messageOf(error))
  }
}
