// A Transport over one WebSocket: the browser's, or that of `ws` in Node, dialled or accepted.
// Used by the ports (dial) and by the listener (accept). It knows no addresses and no policies.
import type { Milliseconds } from '../core/contract.js'
import { Connection, messageOf, sendable } from './connection.js'

/** What browsers' WebSocket and that of `ws` have in common. */
export interface SocketLike {
  binaryType: string
  readonly bufferedAmount: number
  /** `sent` is called by `ws` only. */
  send(bytes: Uint8Array<ArrayBuffer>, sent?: () => void): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error', listener: (event: object) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
}

export interface SocketOptions {
  /** For sockets that do not tell when they have sent something. */
  readonly pollEvery?: Milliseconds
  /** For sockets that keep a reference to what they are given. */
  readonly copies?: boolean
}

export class WebSocketTransport extends Connection {
  private socket: SocketLike | undefined
  private problem = ''
  /** Close code of what the other side did wrong, where `ws` found it. */
  private fault = 0
  private hasOpened = false
  private readonly hasWritten = () => void this.checkQueue()

  /** The socket may come later, when its address has been checked. */
  constructor(
    socket: SocketLike | Promise<SocketLike>,
    private readonly options: SocketOptions = {},
  ) {
    super()
    if (!(socket instanceof Promise)) this.attach(socket)
    else socket.then(this.attach.bind(this), (error: unknown) => this.end(0, messageOf(error)))
  }

  get queued(): number {
    return this.socket?.bufferedAmount ?? 0
  }

  protected override get pollEvery(): Milliseconds | undefined {
    return this.options.pollEvery
  }

  protected write(bytes: Uint8Array): void {
    if (!this.socket) throw new Error('the connection is not open yet')
    this.socket.send(this.options.copies ? new Uint8Array(bytes) : sendable(bytes), this.hasWritten)
  }

  protected shut(code: number | undefined, reason = ''): void {
    const allowed = code !== undefined && isCloseCode(code) ? code : undefined
    try {
      this.socket?.close(allowed, shortened(reason))
    } catch {
      // Browsers let a page say 1000 and 3000 to 4999 only.
      this.socket?.close()
    }
  }

  private attach(socket: SocketLike): void {
    // Before anything else: a message may come with the handshake, and in Node an `error` that nobody listens to
    // ends the process, also long after we have closed. So these listeners stay for ever.
    socket.addEventListener('message', ({ data }) => this.onMessage(data))
    socket.addEventListener('error', (event) => this.onError(event))
    socket.addEventListener('close', ({ code, reason }) => this.onClose(code, reason))
    socket.addEventListener('open', () => this.onOpen())
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    // Closed while its address was being checked.
    if (this.isOver) socket.close()
  }

  private onOpen(): void {
    this.hasOpened = true
    this.deliver((owner) => owner.opened?.())
  }

  private onMessage(data: unknown): void {
    this.hasOpened = true
    // In a hidden page timers run once a second; what the other side sends keeps us informed meanwhile.
    this.checkQueue()
    this.received(data)
  }

  private onError(event: object): void {
    if ('message' in event && typeof event.message === 'string') this.problem = event.message
    if ('error' in event) this.fault = faultOf(event.error)
  }

  private onClose(code: number, reason: string): void {
    const guess = this.hasOpened ? 'the connection was lost' : 'cannot connect'
    this.end(this.fault || code, reason || this.problem || guess)
  }
}

/** What a close frame may carry; `ws` would get stuck on another code. */
export const isCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999)

/** `ws` reports 1006 for what it closed itself. */
export function faultOf(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 1009
  return code.startsWith('WS_ERR_') ? 1002 : 0
}

/** A close frame has room for 123 bytes. */
export function shortened(reason: string): string {
  let text = reason.slice(0, 123)
  while (new TextEncoder().encode(text).length > 123) text = text.slice(0, -1)
  return text
}
