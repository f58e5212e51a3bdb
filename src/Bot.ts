// A Node process that listens on an http server, is invited into groups, and stays when the people go.
// Drives the lobby, and hands each socket that said its hello to the group of its topic.
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Output } from './core/contract.js'
import { NetfluxError } from './core/errors.js'
import { Lobby } from './core/lobby.js'
import { peerCloseCodes } from './core/peerCloseCodes.js'
import { WebGroupState } from './core/states.js'
import { Driver } from './driver.js'
import { Listener } from './io/listener.js'
import { NodePort } from './io/node.js'
import type { Transport } from './io/port.js'
import { BotGroup, type WebGroup } from './NodeWebGroup.js'
import { checkBotUrl, checkOptions, type WebGroupOptions } from './options.js'
import { urlOf } from './serverUrl.js'

export interface BotOptions extends WebGroupOptions {
  /** The http(s) server whose upgrade requests are for the bot. It may have other users. */
  server: HttpServer | HttpsServer
  /** The ws(s) URL at which others reach this bot. Default: that of the server's address once it listens. */
  url?: string
  /** Compress WebSocket messages. Default: false. */
  perMessageDeflate?: boolean
  /** Leave a group when everyone else has left it. Default: true. */
  leaveOnceAlone?: boolean
  /** Options of the bot's groups; may also stand beside the others. */
  webGroupOptions?: WebGroupOptions
  /** Whether to accept an invitation into the group of this key: anything but true refuses. Default: always. */
  accept?: (key: string) => boolean
  /** Most groups at a time. Default: no limit. */
  maxGroups?: number
}

/** A hello that came, and the socket it came from. */
type Arrival = Output & { do: 'hand-over' }

export class Bot {
  /** The groups that the bot is in, by their ids. */
  readonly webGroups = new Map<number, WebGroup>()

  readonly #options: BotOptions
  readonly #groupOptions: WebGroupOptions
  readonly #byTopic = new Map<string, BotGroup>()
  /** Those, and those that were left but have not told everyone yet. */
  readonly #unreleased = new Set<BotGroup>()
  readonly #port = new NodePort()
  readonly #lobby: Driver
  readonly #listener: Listener
  #url: string | undefined
  #onWebGroup: ((group: WebGroup) => void) | undefined
  #onError: ((error: NetfluxError) => void) | undefined
  #whenReleased: (() => void) | undefined
  #closing: Promise<void> | undefined

  /** @throws NetfluxError BAD_OPTION, BAD_URL, NO_SIGNALING_SERVER */
  constructor(options: BotOptions) {
    this.#options = checkBotOptions(options)
    this.#groupOptions = groupOptionsOf(options)
    checkOptions(this.#groupOptions, undefined)
    this.#url = options.url === undefined ? undefined : checkOwnUrl(options.url)
    this.#lobby = new Driver(
      new Lobby((bytes) => this.#port.random(bytes)),
      this.#port,
      () => {},
      (arrival) => this.#receive(arrival),
    )
    const { server, perMessageDeflate = false } = options
    const accepts = (path: string) => (samePath(path, this.#path) ? path : undefined)
    this.#listener = new Listener({ server, accepts, perMessageDeflate }, (socket, path, address) =>
      this.#lobby.submit({ on: 'accepted', channel: this.#port.adopt(socket), path, address }),
    )
    server.on('error', this.#onServerError)
  }

  /** Where others reach this bot; '' until its server listens, if it was not given. */
  get url(): string {
    this.#url ??= urlOf(this.#options.server)
    return this.#url ?? ''
  }

  get server(): HttpServer | HttpsServer {
    return this.#options.server
  }

  get leaveOnceAlone(): boolean {
    return this.#options.leaveOnceAlone ?? true
  }

  get perMessageDeflate(): boolean {
    return this.#options.perMessageDeflate ?? false
  }

  get onWebGroup(): ((group: WebGroup) => void) | undefined {
    return this.#onWebGroup
  }
  /** The bot was invited. The group is JOINING and has its key; nothing else has happened in it yet. */
  set onWebGroup(handler: ((group: WebGroup) => void) | null | undefined) {
    this.#onWebGroup = typeof handler === 'function' ? handler : undefined
  }

  get onError(): ((error: NetfluxError) => void) | undefined {
    return this.#onError
  }
  /** Something about the bot itself went wrong; its groups have handlers of their own. */
  set onError(handler: ((error: NetfluxError) => void) | null | undefined) {
    this.#onError = typeof handler === 'function' ? handler : undefined
  }

  /** Leaves all groups and listens no more. The http server stays open. Resolves when everyone was told. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#listener.close()
    this.#options.server.off('error', this.#onServerError)
    this.#lobby.submit({ on: 'leave' })
    for (const group of this.#unreleased) group.leave()
    if (this.#unreleased.size > 0) await new Promise<void>((resolve) => (this.#whenReleased = resolve))
  }

  readonly #onServerError = (error: Error): void => {
    // Without a bot the process would have ended: a bot that nobody reaches must not go unnoticed.
    if (!this.#onError && this.#options.server.listenerCount('error') === 1) throw error
    this.#tellError(new NetfluxError('LISTEN_FAILED', `the bot's server: ${error.message}`))
  }

  get #path(): string {
    return this.#options.url === undefined ? '/' : new URL(this.#options.url).pathname
  }

  #receive(arrival: Arrival): void {
    const socket = this.#port.release(arrival.channel)
    if (!socket) return
    const group = this.#byTopic.get(arrival.topic)
    if (group) group.adopt(socket, arrival.nonce, arrival.hello)
    else if (arrival.key === undefined) socket.close(peerCloseCodes.refused, 'I am not in this group')
    else this.#beInvited(arrival.topic, arrival.key, socket, arrival)
  }

  #beInvited(topic: string, key: string, socket: Transport, { nonce, hello }: Arrival): void {
    const refusal = this.#whyRefuse(key)
    if (refusal !== undefined) return socket.close(peerCloseCodes.uninvited, refusal)
    const group: BotGroup = new BotGroup(this.#groupOptions, this.url, {
      alone: () => {
        if (this.leaveOnceAlone) group.leave()
      },
      released: () => this.#released(group),
    })
    this.#unreleased.add(group)
    group.joinQuietly(key, () => {
      this.#byTopic.set(topic, group)
      this.webGroups.set(group.id, group)
      group.adopt(socket, nonce, hello)
      this.#call(() => this.#onWebGroup?.(group))
    })
    group.state$.subscribe((state) => {
      if (state === WebGroupState.LEFT) this.#forget(group, topic)
    })
  }

  #whyRefuse(key: string): string | undefined {
    const { maxGroups = Infinity, accept } = this.#options
    if (this.#byTopic.size >= maxGroups) return 'it is in as many groups as it may'
    let isAccepted = accept === undefined
    this.#call(() => (isAccepted ||= accept?.(key) === true))
    return isAccepted ? undefined : 'it does not want to'
  }

  #forget(group: BotGroup, topic: string): void {
    if (this.#byTopic.get(topic) === group) this.#byTopic.delete(topic)
    for (const [id, known] of this.webGroups) if (known === group) this.webGroups.delete(id)
  }

  #released(group: BotGroup): void {
    this.#unreleased.delete(group)
    if (this.#unreleased.size === 0) this.#whenReleased?.()
  }

  #tellError(error: NetfluxError): void {
    this.#call(() => this.#onError?.(error))
  }

  /** What users throw is theirs: it is thrown where the environment reports it. */
  #call(action: () => void): void {
    try {
      action()
    } catch (error) {
      setImmediate(() => {
        throw error
      })
    }
  }
}

function checkBotOptions(options: BotOptions): BotOptions {
  const server = (options as Partial<BotOptions> | undefined)?.server
  if (typeof server?.on !== 'function' || typeof server.address !== 'function')
    throw new NetfluxError('BAD_OPTION', 'server is not an http or https server')
  for (const name of ['leaveOnceAlone', 'perMessageDeflate'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      throw new NetfluxError('BAD_OPTION', `${name} is not a boolean`)
  if (options.accept !== undefined && typeof options.accept !== 'function')
    throw new NetfluxError('BAD_OPTION', 'accept is not a function')
  if (options.maxGroups !== undefined && !(typeof options.maxGroups === 'number' && options.maxGroups > 0))
    throw new NetfluxError('BAD_OPTION', 'maxGroups is not a positive number')
  const { webGroupOptions = {} } = options
  if (typeof webGroupOptions !== 'object' || webGroupOptions === null)
    throw new NetfluxError('BAD_OPTION', 'webGroupOptions is not an object')
  return options
}

/** What stands in webGroupOptions, else what stands beside it. */
function groupOptionsOf({ webGroupOptions = {}, ...beside }: BotOptions): WebGroupOptions {
  const isSaid = ([, value]: [string, unknown]) => value !== undefined
  return { ...beside, ...Object.fromEntries(Object.entries(webGroupOptions).filter(isSaid)) }
}

/** As others will dial it. */
function checkOwnUrl(text: unknown): string {
  const { url, text: given } = checkBotUrl(text, 'url')
  if (url.username !== '' || url.password !== '')
    throw new NetfluxError('BAD_URL', 'url has a user name or a password, which nobody would dial')
  return given
}

function samePath(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}
