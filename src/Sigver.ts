// The signaling server: drives core/sigver.ts with real sockets, timers and the clock. It listens by itself, or attaches
// to somebody's http(s) server. Members reach the room of a topic at `<url>/<topic>`.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { type CloseReason, closeCodes, closeReasons } from './core/closeCodes.js'
import type { ChannelId, Input, Note, Output } from './core/contract.js'
import { networkOf } from './core/addresses.js'
import { isTopic } from './core/door.js'
import { NetfluxError } from './core/errors.js'
import * as limits from './core/limits.js'
import { SigverCore } from './core/sigver.js'
import type { AcceptedSocket } from './io/acceptedSocket.js'
import { Listener } from './io/listener.js'
import { Timers } from './io/timers.js'
import { Turns } from './io/turns.js'
import { urlOf } from './serverUrl.js'
import { Client, type Hearer } from './sigver/client.js'
import { SignedBus } from './sigver/signedBus.js'
import { Unread } from './sigver/unread.js'
import { type CheckedSigverOptions, checkSigverOptions, type SigverOptions } from './sigverOptions.js'
import { turnCredentials } from './turn.js'

export class Sigver {
  readonly #options: CheckedSigverOptions
  readonly #server: HttpServer | HttpsServer
  readonly #listener: Listener
  readonly #core: SigverCore
  readonly #bus: SignedBus | undefined
  readonly #clients = new Map<ChannelId, Client>()
  /** For `authenticate`, until it has decided: a request takes some kilobytes. */
  readonly #requests = new Map<ChannelId, IncomingMessage>()
  readonly #hearer: Hearer = {
    received: (channel, bytes) => {
      this.#options.observer.frame?.(bytes.length)
      this.#submit({ on: 'received', channel, bytes })
    },
    closed: (channel, code, reason) => {
      this.#forget(channel, code)
      this.#submit({ on: 'closed', channel, code, reason })
    },
    flooded: (channel) => this.#drop(channel, 'tooManyFrames'),
  }
  readonly #unread = new Unread<Client>(({ channel }) => this.#drop(channel, 'slowReader'))
  readonly #inputs: Input[] = []
  readonly #timers = new Timers(
    () => performance.now(),
    (timer) => this.#submit({ on: 'timer', timer }),
  )
  /** Of a cluster: what other instances are told. */
  readonly #turns = new Turns(() => performance.now(), setImmediate, 1, limits.gathering)
  #lastChannel: ChannelId = 0
  #isHandling = false
  #listening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /** @throws NetfluxError BAD_OPTION */
  constructor(options: SigverOptions = {}) {
    this.#options = checkSigverOptions(options)
    const { maxRooms, maxPeersPerRoom, maxConnectionsPerIp, framesPerSecond, trustProxy } = this.#options
    const { server = ownServer(), turn, authenticate, cluster } = this.#options
    const instance = cluster && randomBytes(8).toString('hex')
    this.#core = new SigverCore(randomBytes, {
      maxRooms,
      maxPeersPerRoom,
      framesPerSecond,
      socketsPerAddress: maxConnectionsPerIp,
      authenticates: authenticate !== undefined,
      turn: turn && turnCredentials(turn),
      instance,
    })
    this.#bus =
      cluster &&
      new SignedBus(cluster.bus, instance ?? '', cluster.secret, {
        message: (from, bytes) => this.#submit({ on: 'published', from, bytes }),
        reachable: (isUp) => {
          this.#options.observer.reachable?.(isUp)
          this.#submit({ on: 'bus', isUp })
        },
      })
    this.#bus?.open()
    this.#server = server
    const accepts = (path: string) => this.#topicIn(path)
    this.#listener = new Listener({ server, accepts, trustProxy, shares: true }, (...socket) =>
      this.#accept(...socket),
    )
  }

  /** The URL that members are given as `signalingServer`; '' until the server listens. */
  get url(): string {
    const url = urlOf(this.#server)
    return url === undefined ? '' : url + this.#options.path
  }

  /** Resolves when the server listens; one that was given has to be told so by its owner. Rejects with LISTEN_FAILED. */
  listen(): Promise<void> {
    this.#listening ??= this.#listen()
    return this.#listening
  }

  /** Sends everyone away, to come back later, and listens no more. A server that was given stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#shut()
    return this.#closing
  }

  get #isOwner(): boolean {
    return this.#options.server === undefined
  }

  #listen(): Promise<void> {
    const server = this.#server
    if (server.listening) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        server.off('error', settle)
        server.off('listening', settle)
        if (error) reject(listenFailed(error, this.#options))
        else resolve()
      }
      server.on('error', settle)
      server.on('listening', settle)
      if (this.#isOwner) server.listen(this.#options.port ?? 0, this.#options.host)
    })
  }

  async #shut(): Promise<void> {
    this.#listener.close()
    for (const output of this.#core.drain(performance.now())) this.#perform(output)
    await this.#bus?.close()
    const server = this.#server
    if (!this.#isOwner || !server.listening) return
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }

  /** On a server of its own every path gets an answer that a member understands; another one may have other users. */
  #topicIn(path: string): string | undefined {
    const prefix = this.#options.path + '/'
    if (!path.startsWith(prefix)) return undefined
    const topic = path.slice(prefix.length)
    return this.#isOwner || isTopic(topic) ? topic : undefined
  }

  // ---- sockets

  #accept(socket: AcceptedSocket, path: string, address: string, request: IncomingMessage): void {
    const { authenticate, observer } = this.#options
    const channel = --this.#lastChannel
    const network = networkOf(address)
    const client = new Client(channel, socket, address, network, this.#hearer)
    this.#clients.set(channel, client)
    if (authenticate) this.#requests.set(channel, request)
    observer.connected?.(address)
    if (this.#isServed(request.headers.origin))
      this.#submit({ on: 'accepted', channel, path, address: network })
    else this.#drop(channel, 'badOrigin')
    // Unless it has been sent away.
    if (this.#clients.has(channel)) socket.listen(client)
  }

  #isServed(origin: string | undefined): boolean {
    return origin === undefined || (this.#options.origins?.includes(origin) ?? true)
  }

  #forget(channel: ChannelId, code: number): void {
    const client = this.#clients.get(channel)
    if (!client) return
    this.#clients.delete(channel)
    this.#requests.delete(channel)
    this.#unread.forget(client)
    this.#options.observer.disconnected?.(code)
  }

  #close(channel: ChannelId, code: number, reason: string): void {
    this.#clients.get(channel)?.socket.close(code, reason)
    this.#forget(channel, code)
  }

  /** What the core has not decided. */
  #drop(channel: ChannelId, name: CloseReason): void {
    const client = this.#clients.get(channel)
    if (!client) return
    const [code, reason] = [closeCodes[name], closeReasons[name]]
    this.#note({ type: 'refused', channel, code, reason })
    // Who does not read cannot be told why, and what waits for it takes memory until it is cut.
    if (name === 'slowReader') client.socket.cut()
    this.#close(channel, code, reason)
    this.#submit({ on: 'closed', channel, code, reason })
  }

  // ---- the core

  /** One input, all its outputs, then the next. */
  #submit(input: Input): void {
    this.#inputs.push(input)
    if (this.#isHandling) return
    this.#isHandling = true
    for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
      for (const output of this.#core.handle(next, performance.now())) this.#perform(output)
    }
    this.#isHandling = false
  }

  #perform(output: Output): void {
    switch (output.do) {
      case 'send':
        return this.#send(output.channel, output.bytes)
      case 'close':
        return this.#close(output.channel, output.code ?? 1000, output.reason ?? '')
      case 'timer':
        return this.#timers.set(output.timer, output.at)
      case 'authenticate':
        return void this.#authenticate(output.channel, output.token)
      case 'turn':
        return this.#turns.end(() => this.#submit({ on: 'turn' }))
      case 'publish':
        return this.#bus?.publish(output.to, output.bytes)
      case 'note':
        return this.#note(output.note)
    }
  }

  #send(channel: ChannelId, bytes: Uint8Array): void {
    const client = this.#clients.get(channel)
    if (!client) return
    if (client.socket.queued > limits.slowReader) return this.#drop(channel, 'slowReader')
    client.socket.send(bytes)
    this.#unread.sent(client)
  }

  async #authenticate(channel: ChannelId, token: string): Promise<void> {
    const request = this.#requests.get(channel)
    if (!request) return
    try {
      const refusal = await this.#options.authenticate?.(request, token)
      this.#requests.delete(channel)
      this.#submit({ on: 'authenticated', channel, refusal })
    } catch {
      // Nobody has refused it: it may try again.
      this.#drop(channel, 'closing')
    }
  }

  #note(note: Note): void {
    const { observer } = this.#options
    switch (note.type) {
      case 'room':
        return observer.room?.(note.topic, note.isOpen)
      case 'peer':
        return observer.peer?.(note.topic, note.id, note.isThere)
      case 'introduced':
        return observer.introduced?.()
      case 'relayed':
        return observer.relayed?.(note.bytes)
      case 'refused':
        return observer.refused?.(note.code, note.reason, this.#clients.get(note.channel)?.address ?? '')
    }
  }
}

/** Whoever is slow to ask for the upgrade is cut off. */
function ownServer(): HttpServer {
  const patience = { headersTimeout: limits.upgrade, requestTimeout: limits.upgrade }
  const server = createServer({ ...patience, connectionsCheckingInterval: 1_000 }, (_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
    response.end('This is a signaling server: it speaks WebSocket only.\n')
  })
  // After listen() nothing is left to do about an error; without a listener it would end the process.
  return server.on('error', () => {})
}

function listenFailed(error: Error, { host, port }: SigverOptions): NetfluxError {
  const why = 'code' in error && error.code === 'EADDRINUSE' ? 'it is taken' : error.message
  const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
  return new NetfluxError('LISTEN_FAILED', `cannot listen at ${where}: ${why}`)
}
