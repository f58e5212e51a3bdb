// A Transport over one WebSocket that a server of ours accepted (Node). Made by listener.ts. A server has thousands of them
// that say nothing for a long time: so they have no listeners and no closures, which would take more memory than the rest.
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import * as limits from '../core/limits.js'
import { Connection, messageOf } from './connection.js'
import type { Corks } from './corks.js'
import { faultOf, isCloseCode, shortened } from './webSocket.js'

export interface AcceptedOptions {
  /** Nobody keeps a part of what was received, nor changes what was sent: so nothing is copied. */
  readonly shares: boolean
  readonly corks: Corks
}

const BINARY = { binary: true }

/** Tells its transport what it would tell listeners. */
export class AcceptedWebSocket extends WebSocket {
  transport: AcceptedSocket | undefined

  override emit(event: string | symbol, ...details: readonly unknown[]): boolean {
    const [first, second] = details
    if (event === 'message') this.transport?.onMessage(first, second === true)
    else if (event === 'ping') this.transport?.onPing(first)
    else if (event === 'pong') this.transport?.onPong()
    else if (event === 'error') this.transport?.onError(first)
    else if (event === 'close') this.transport?.onClose(Number(first), String(second))
    return true
  }
}

export class AcceptedSocket extends Connection {
  private error: unknown
  private control: ControlBudget | undefined

  constructor(
    private readonly socket: AcceptedWebSocket,
    private readonly stream: Duplex,
    private readonly options: AcceptedOptions,
  ) {
    super()
    socket.transport = this
  }

  get queued(): number {
    return this.socket.bufferedAmount
  }

  /** At once: what is still queued is let go of, and nobody is told why. */
  cut(): void {
    this.close()
    this.socket.terminate()
  }

  protected write(bytes: Uint8Array): void {
    const { socket, stream, options } = this
    const isIdle = options.corks.cork(stream)
    const sent = this.isWatchedAfter(bytes.length) ? () => void this.checkQueue() : undefined
    // What has to wait is copied: a view would keep all that it is a part of for as long as its reader is slow. Who has read
    // everything so far is trusted for one turn.
    const isKept = options.shares && (isIdle || bytes.length === bytes.buffer.byteLength)
    socket.send(isKept ? bytes : new Uint8Array(bytes), BINARY, sent)
  }

  protected shut(code: number | undefined, reason = ''): void {
    this.socket.close(code !== undefined && isCloseCode(code) ? code : undefined, shortened(reason))
  }

  // ---- what the socket tells

  onMessage(data: unknown, isBinary: boolean): void {
    if (this.isLeaving()) return
    this.checkQueue()
    const isCopied = !this.options.shares && data instanceof Uint8Array
    this.received(isBinary ? (isCopied ? new Uint8Array(data) : data) : undefined)
  }

  onPing(data: unknown): void {
    if (this.isLeaving()) return
    const { socket } = this
    this.spend()
    // Who does not read its pongs gets no more of them.
    if (socket.readyState === socket.OPEN && this.queued <= limits.channelLow) socket.pong(data)
  }

  onPong(): void {
    this.spend()
  }

  onError(error: unknown): void {
    this.error = error
  }

  onClose(code: number, reason: string): void {
    const problem = this.error === undefined ? 'the connection was lost' : messageOf(this.error)
    this.end(faultOf(this.error) || code, reason || problem)
  }

  /** Whoever talks on while it is sent away costs nothing more than the bytes in its network's queue. It is cut off after
   *  limits.closing, and has read why by then. */
  private isLeaving(): boolean {
    const isLeaving = this.socket.readyState !== this.socket.OPEN
    if (isLeaving) this.socket.pause()
    return isLeaving
  }

  private spend(): void {
    this.control ??= new ControlBudget()
    if (this.control.spend()) return
    if (!this.isOwned) return this.sendAway()
    this.deliver((owner) => (owner.flooded ? owner.flooded() : this.sendAway()))
  }

  private sendAway(): void {
    this.close(1008, 'too many control frames')
  }
}

/** Pings and pongs reach no owner before they are too many: they have a budget of their own. */
class ControlBudget {
  private left: number = limits.controlBurst
  private heardAt = performance.now()

  /** False: they were too many. */
  spend(): boolean {
    const now = performance.now()
    const earned = ((now - this.heardAt) * limits.controlsPerSecond) / 1000
    this.left = Math.min(this.left + earned, limits.controlBurst) - 1
    this.heardAt = now
    return this.left >= 0
  }
}
