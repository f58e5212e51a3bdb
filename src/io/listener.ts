// Accepts WebSockets on somebody's http(s) server (Node). Used by Bot and Sigver; it parses nothing but the path.
// Several listeners, of ours and of others, can share one server. No bytes from the network can make it throw.
import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type PerMessageDeflateOptions, type Server, WebSocketServer } from 'ws'
import * as limits from '../core/limits.js'
import { type AcceptedOptions, AcceptedSocket, AcceptedWebSocket } from './acceptedSocket.js'
import { Corks } from './corks.js'

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What we need of an http or https server. */
export interface UpgradeServer {
  on(event: 'upgrade', listener: OnUpgrade): unknown
  off(event: 'upgrade', listener: OnUpgrade): unknown
  listeners(event: 'upgrade'): unknown[]
}

export interface ListenerOptions {
  readonly server: UpgradeServer
  /** Given the path of a request (without query), what onSocket shall hear as `path`; undefined: not for me. */
  readonly accepts: (path: string) => string | undefined
  /**
   * The owner keeps no part of what it hears, and never changes what it has sent: nothing is copied but views that have to
   * wait, as those would keep all that they are a part of.
   */
  readonly shares?: boolean
  readonly maxPayload?: number
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions
  /** The address is what a proxy says in X-Forwarded-For. */
  readonly trustProxy?: boolean
}

/** `path` is what accepts() returned. The socket is open; what it sends waits until somebody listens to it. */
export type OnSocket = (
  socket: AcceptedSocket,
  path: string,
  address: string,
  request: IncomingMessage,
) => void

/** On our own upgrade listeners: whether they would take a path. So that of several the last one can refuse it. */
const TAKES = Symbol.for('netflux.takes')

export class Listener {
  private readonly sockets: Server<typeof AcceptedWebSocket>
  private readonly accepted: AcceptedOptions
  private readonly onUpgrade: OnUpgrade

  constructor(
    private readonly options: ListenerOptions,
    private readonly onSocket: OnSocket,
  ) {
    this.sockets = new WebSocketServer(socketServerOptions(options))
    this.accepted = { shares: options.shares ?? false, corks: new Corks() }
    const takes = (path: string) => options.accepts(path) !== undefined
    const upgrade: OnUpgrade = (request, socket, head) => this.upgrade(request, socket, head)
    this.onUpgrade = Object.assign(upgrade, { [TAKES]: takes })
    options.server.on('upgrade', this.onUpgrade)
  }

  /** Accepts no more. Sockets that were accepted belong to whoever took them. */
  close(): void {
    this.options.server.off('upgrade', this.onUpgrade)
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before anything else: an error that nobody listens to ends the process.
    socket.on('error', ignore)
    const url = request.url?.split('?', 1)[0] ?? ''
    const path = this.options.accepts(url)
    if (path === undefined) {
      if (this.refuses(url)) refuse(socket)
      return
    }
    const opened = this.handshake(request, socket, head)
    if (!opened) return
    // `ws` listens to them now: one listener takes less memory than two.
    socket.off('error', ignore)
    const address = addressOf(request, this.options.trustProxy)
    this.onSocket(new AcceptedSocket(opened, socket, this.accepted), path, address, request)
  }

  /** `ws` answers in the same turn, or refuses a bad request by itself. */
  private handshake(request: IncomingMessage, socket: Duplex, head: Buffer): AcceptedWebSocket | undefined {
    let opened: AcceptedWebSocket | undefined
    try {
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => (opened = webSocket))
    } catch {
      // It throws when another listener for the same path has taken this socket.
    }
    return opened
  }

  /** Whether nobody else can take this path, and it is me who says so. */
  private refuses(path: string): boolean {
    const listeners = this.options.server.listeners('upgrade')
    if (listeners[listeners.length - 1] !== this.onUpgrade) return false
    return listeners.every((listener) => isOurs(listener) && !listener[TAKES](path))
  }
}

function socketServerOptions(options: ListenerOptions) {
  return {
    WebSocket: AcceptedWebSocket,
    noServer: true,
    clientTracking: false,
    maxPayload: options.maxPayload ?? limits.payload,
    maxFragments: limits.fragments,
    perMessageDeflate: options.perMessageDeflate ?? false,
    closeTimeout: limits.closing,
    // It cuts a flood of pings without a word: see AcceptedSocket.
    autoPong: false,
  }
}

function refuse(socket: Duplex): void {
  socket.once('finish', () => socket.destroy())
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

/** Who asks: as its socket says, or the proxy before it, if that is trusted. */
export const addressOf = (request: IncomingMessage, trustProxy = false): string =>
  (trustProxy && forwarded(request)) || plain(remoteAddressOf(request.socket))

/** Node keeps the answer with each socket, in an object. It asks the system again when somebody wants to know once more. */
function remoteAddressOf(socket: Socket): string {
  const address = socket.remoteAddress ?? ''
  Reflect.set(socket, '_peername', undefined)
  return address
}

/** IPv4 addresses look the same whether or not the server also listens on IPv6. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** Whom the nearest proxy saw. What stands before it may be anything that the client wrote. */
function forwarded({ headers }: IncomingMessage): string | undefined {
  const last =
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .pop()
      ?.trim() ?? ''
  return isIP(last) ? plain(last) : undefined
}

type OurListener = OnUpgrade & { readonly [TAKES]: (path: string) => boolean }

const isOurs = (listener: unknown): listener is OurListener =>
  typeof listener === 'function' && TAKES in listener

function ignore(): void {}
