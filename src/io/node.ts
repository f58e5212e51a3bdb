// The port of Node processes. WebRTC comes from @roamhq/wrtc if that is installed, loaded when it is first asked for.
import * as modules from 'node:module'
import { WebSocket, type ClientOptions } from 'ws'
import type { Capabilities } from '../core/contract.js'
import * as limits from '../core/limits.js'
import { ChannelPort, type PortOptions } from './channels.js'
import type { PeerConnectionConstructor, PeerSetup } from './dataChannel.js'
import { allowedAddresses, pinned } from './guard.js'
import { LateSends } from './lateSends.js'
import type { Transport } from './port.js'
import { Turns } from './turns.js'
import { WebSocketTransport } from './webSocket.js'

export class NodePort extends ChannelPort {
  private readonly turns = new Turns(() => this.now(), setImmediate)
  private loaded: { readonly peerConnection: PeerConnectionConstructor | undefined } | undefined

  constructor(options: PortOptions = {}) {
    super(options)
  }

  get capabilities(): Capabilities {
    return { webSocket: true, rtc: this.peerConnection !== undefined }
  }

  endOfTurn(callback: () => void): void {
    this.turns.end(callback)
  }

  /** A process is always online and visible. */
  watch(): void {}

  protected dial(url: string, trust: 'user' | 'peer'): Transport {
    return new WebSocketTransport(
      trust === 'peer' ? this.dialGuarded(url) : new WebSocket(url, dialOptions()),
    )
  }

  protected peerSetup(): Omit<PeerSetup, 'configuration' | 'connections'> {
    if (!this.peerConnection) throw new Error('no WebRTC here: @roamhq/wrtc is not installed')
    return {
      RTCPeerConnection: this.peerConnection,
      pollEvery: limits.channelPoll,
      lateSends: (channel, failed) => new LateSends(channel, failed),
    }
  }

  private async dialGuarded(url: string): Promise<WebSocket> {
    const addresses = await allowedAddresses(url, this.options)
    return new WebSocket(url, { ...dialOptions(), lookup: pinned(addresses) })
  }

  private get peerConnection(): PeerConnectionConstructor | undefined {
    this.loaded ??= { peerConnection: this.options.rtcPeerConnection ?? loadWrtc() }
    return this.loaded.peerConnection
  }
}

/** Compression would cost memory and time for data that is compressed or encrypted anyway. */
function dialOptions(): ClientOptions {
  const options = { closeTimeout: limits.closing }
  return { ...options, maxPayload: limits.payload, perMessageDeflate: false, followRedirects: false }
}

function loadWrtc(): PeerConnectionConstructor | undefined {
  try {
    // `modules.`: a bundler that sees `createRequire` by itself demands the package, installed or not.
    const { RTCPeerConnection } = Object(modules.createRequire(import.meta.url)('@roamhq/wrtc')) as Record<
      string,
      unknown
    >
    return isConstructor(RTCPeerConnection) ? RTCPeerConnection : undefined
  } catch {
    // Not installed, or not made for this machine: links are WebSockets then.
    return undefined
  }
}

const isConstructor = (value: unknown): value is PeerConnectionConstructor => typeof value === 'function'
