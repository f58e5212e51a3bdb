// The port of pages and workers. Importing it touches no browser global, so servers may import it while they render.
import type { Capabilities } from '../core/contract.js'
import * as limits from '../core/limits.js'
import { ChannelPort, type PortOptions } from './channels.js'
import type { PeerConnectionConstructor, PeerSetup } from './dataChannel.js'
import { Page } from './page.js'
import type { Transport } from './port.js'
import { Turns } from './turns.js'
import { checkPeerUrl } from './url.js'
import { WebSocketTransport } from './webSocket.js'

export class BrowserPort extends ChannelPort {
  private readonly page = new Page((input) => this.emit(input))
  private readonly turns = new Turns(
    () => this.now(),
    (callback) => queueMicrotask(callback),
  )

  constructor(options: PortOptions = {}) {
    super(options)
  }

  get capabilities(): Capabilities {
    return { webSocket: typeof WebSocket === 'function', rtc: this.peerConnection !== undefined }
  }

  endOfTurn(callback: () => void): void {
    this.turns.end(callback)
  }

  watch(active: boolean): void {
    this.page.watch(active)
  }

  protected dial(url: string, trust: 'user' | 'peer'): Transport {
    if (trust === 'peer') checkPeerUrl(url)
    return new WebSocketTransport(new WebSocket(url), { pollEvery: limits.socketPoll })
  }

  protected peerSetup(): Omit<PeerSetup, 'configuration' | 'connections'> {
    const { peerConnection } = this
    if (!peerConnection) throw new Error('no WebRTC here')
    return { RTCPeerConnection: peerConnection, page: this.page }
  }

  private get peerConnection(): PeerConnectionConstructor | undefined {
    if (this.options.rtcPeerConnection) return this.options.rtcPeerConnection
    return typeof RTCPeerConnection === 'function' ? RTCPeerConnection : undefined
  }
}
