// The signaling server: drives core/rooms.ts with real sockets, timers and the clock. It listens by itself, or attaches
// to somebody's http(s) server. Members reach the room of a topic at `<url>/<topic>`.
import { createServer, type Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { closeCodes, closeReasons } from './core/closeCodes.js'
import type { ChannelId, Input, Output } from './core/contract.js'
import { NetfluxError } from './core/errors.js'
import { limits } from './core/limits.js'
import { isTopic, Rooms } from './core/rooms.js'
import { Listener } from './io/listener.js'
import type { Transport } from './io/port.js'
import { Timers } from './io/timers.js'
import { urlOf } from './serverUrl.js'

export interface SigverOptions {
  /** An http(s) server whose upgrade requests below `path` are for Sigver. It may have other users. Default: one of its own. */
  server?: HttpServer | HttpsServer
  /** Where it is found on the server, as `/signaling`. Default: at the root. */
  path?: string
  /** Where a server of its own listens. Default: everywhere. */
  host?: string
  /** Where a server of its own listens. Default: any free port. */
  port?: number
}

export class Sigver {
  readonly #server: HttpServer | HttpsServer
  readonly #isOwner: boolean
  readonly #address: { readonly host: string | undefined; readonly port: number }
  readonly #path: string
  readonly #listener: Listener
  readonly #rooms = new Rooms()
  readonly #sockets = new Map<ChannelId, Transport>()
  readonly #inputs: Input[] = []
  readonly #timers = new Timers(
    () => performance.now(),
    (timer) => this.#submit({ on: 'timer', timer }),
  )
  #lastChannel: ChannelId = 0
  #isHandling = false
  #listening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /** @throws NetfluxError BAD_OPTION */
  constructor(options: SigverOptions = {}) {
    checkOptions(options)
    this.#isOwner = options.server === undefined
    this.#server = options.server ?? ownServer()
    this.#address = { host: options.host, port: options.port ?? 0 }
    this.#path = (options.path ?? '').replace(/\/+$/, '')
    const accepts = (path: string) => this.#topicIn(path)
    this.#listener = new Listener({ server: this.#server, accepts }, (socket, path, address) =>
      this.#accept(socket, path, address),
    )
  }

  /** The URL that members are given as `signalingServer`; '' until the server listens. */
  get url(): string {
    const url = urlOf(this.#server)
    return url === undefined ? '' : url + this.#path
  }

  /** Resolves when the server listens; one that was given has to be told so by its owner. Rejects with LISTEN_FAILED. */
  listen(): Promise<void> {
    this.#listening ??= this.#listen()
    return this.#listening
  }

  /** Sends everyone away, to come back later, and listens no more. A server that was given stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #listen(): Promise<void> {
    const server = this.#server
    if (server.listening) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        server.off('error', settle)
        server.off('listening', settle)
        if (error) reject(listenFailed(error, this.#address))
        else resolve()
      }
      server.on('error', settle)
      server.on('listening', settle)
      if (this.#isOwner) server.listen(this.#address.port, this.#address.host)
    })
  }

  async #close(): Promise<void> {
    this.#listener.close()
    for (const output of this.#rooms.drain()) this.#perform(output)
    const server = this.#server
    if (!this.#isOwner || !server.listening) return
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }

  /** On a server of its own every path gets an answer that a member understands; another one may have other users. */
  #topicIn(path: string): string | undefined {
    if (!path.startsWith(this.#path + '/')) return undefined
    const topic = path.slice(this.#path.length + 1)
    return this.#isOwner || isTopic(topic) ? topic : undefined
  }

  #accept(socket: Transport, path: string, address: string): void {
    const channel = --this.#lastChannel
    this.#sockets.set(channel, socket)
    this.#submit({ on: 'accepted', channel, path, address })
    // Unless it has been sent away.
    if (!this.#sockets.has(channel)) return
    socket.listen({
      message: (bytes) => this.#submit({ on: 'received', channel, bytes }),
      closed: (code, reason) => {
        this.#sockets.delete(channel)
        this.#submit({ on: 'closed', channel, code, reason })
      },
      drained() {},
    })
  }

  /** One input, all its outputs, then the next. */
  #submit(input: Input): void {
    this.#inputs.push(input)
    if (this.#isHandling) return
    this.#isHandling = true
    for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
      for (const output of this.#rooms.handle(next, performance.now())) this.#perform(output)
    }
    this.#isHandling = false
  }

  #perform(output: Output): void {
    switch (output.do) {
      case 'send':
        return this.#send(output.channel, output.bytes)
      case 'close':
        this.#sockets.get(output.channel)?.close(output.code, output.reason)
        this.#sockets.delete(output.channel)
        return
      case 'timer':
        return this.#timers.set(output.timer, output.at)
    }
  }

  #send(channel: ChannelId, bytes: Uint8Array): void {
    const socket = this.#sockets.get(channel)
    if (!socket) return
    if (socket.queued <= limits.slowReader) return socket.send(bytes)
    this.#sockets.delete(channel)
    const [code, reason] = [closeCodes.slowReader, closeReasons.slowReader]
    socket.close(code, reason)
    this.#submit({ on: 'closed', channel, code, reason })
  }
}

function ownServer(): HttpServer {
  const server = createServer((_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
    response.end('This is a signaling server: it speaks WebSocket only.\n')
  })
  // After listen() nothing is left to do about an error; without a listener it would end the process.
  return server.on('error', () => {})
}

function listenFailed(
  error: Error,
  { host, port }: { host: string | undefined; port: number },
): NetfluxError {
  const why = 'code' in error && error.code === 'EADDRINUSE' ? 'it is taken' : error.message
  const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
  return new NetfluxError('LISTEN_FAILED', `cannot listen at ${where}: ${why}`)
}

function checkOptions(options: SigverOptions): void {
  const { server, path, host, port } = options
  if (server !== undefined && (typeof server.on !== 'function' || typeof server.address !== 'function'))
    throw bad('server', 'an http or https server')
  if (server !== undefined && (host !== undefined || port !== undefined))
    throw new NetfluxError('BAD_OPTION', 'host and port are those of the server that was given')
  if (path !== undefined && (typeof path !== 'string' || !/^(\/[^?#]*)?$/.test(path)))
    throw bad('path', 'a path that begins with a slash')
  if (host !== undefined && (typeof host !== 'string' || host === ''))
    throw bad('host', 'a name or an address')
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw bad('port', 'a number from 0 to 65535')
}

const bad = (name: string, what: string): NetfluxError =>
  new NetfluxError('BAD_OPTION', `${name} is not ${what}`)
