// The public WebGroup, without what differs between browsers and Node: index.browser.ts and index.node.ts give it a Platform.
// Checks every call, hands it to the core, and tells the user through handlers, Observables and promises.
import { BehaviorSubject, type Observable, Subject } from 'rxjs'
import type { Data, Event, MemberId } from './core/contract.js'
import { NetfluxError } from './core/errors.js'
import { Group } from './core/group.js'
import * as limits from './core/limits.js'
import { generateKey } from './core/secrets.js'
import { SignalingState, type Topology, WebGroupState } from './core/states.js'
import { Driver } from './driver.js'
import type { Port } from './io/port.js'
import { checkBotUrl, type CheckedOptions, checkOptions, type WebGroupOptions } from './options.js'

/** What differs between browsers and Node. */
export interface Platform {
  /** Where Sigver is, if the user does not say so. */
  readonly defaultSignalingServer: () => string | undefined
  readonly createPort: (options: CheckedOptions) => Port
  /** Sigver introduces these members first. */
  readonly isFavored: boolean
  /** Where this process accepts WebSockets, '' if nowhere. */
  readonly url: string
}

export interface Message {
  /** Who sent it. */
  readonly id: MemberId
  readonly data: Data
}

/** How a member is reached. */
export interface LinkInfo {
  /** `relayed`: there is no direct link, another member passes everything on. */
  readonly kind: 'websocket' | 'datachannel' | 'relayed'
  /** Last measured round trip in milliseconds, undefined until there is one. */
  readonly rtt: number | undefined
  /** Bytes that this member has not acknowledged yet. */
  readonly queued: number
}

export interface SendOptions {
  /** false: a bulk message that smaller ones may overtake. Default: true. */
  ordered?: boolean
}

interface Handlers {
  onMessage: (id: MemberId, data: Data) => void
  onMyId: (id: MemberId) => void
  onMemberJoin: (id: MemberId) => void
  onMemberLeave: (id: MemberId) => void
  onStateChange: (state: WebGroupState) => void
  onSignalingStateChange: (state: SignalingState) => void
  onError: (error: NetfluxError) => void
}

interface Invitation {
  readonly resolve: (id: MemberId) => void
  readonly reject: (error: NetfluxError) => void
}

const READY = Promise.resolve()

export abstract class BaseWebGroup {
  /** Everything that users can observe; each has a handler of the same meaning. */
  readonly message$: Observable<Message>
  readonly memberJoin$: Observable<MemberId>
  readonly memberLeave$: Observable<MemberId>
  readonly error$: Observable<NetfluxError>
  /** Replays the current state. */
  readonly state$: Observable<WebGroupState>
  /** Replays the current state. */
  readonly signalingState$: Observable<SignalingState>

  readonly #options: CheckedOptions
  readonly #group: Group
  readonly #driver: Driver
  readonly #port: Port
  readonly #handlers: Partial<Handlers> = {}
  readonly #subjects = {
    message: new Subject<Message>(),
    memberJoin: new Subject<MemberId>(),
    memberLeave: new Subject<MemberId>(),
    error: new Subject<NetfluxError>(),
    state: new BehaviorSubject(WebGroupState.LEFT),
    signalingState: new BehaviorSubject(SignalingState.CLOSED),
  }
  #joining: { promise: Promise<void>; resolve: () => void } | undefined
  #room: { promise: Promise<void>; resolve: () => void } | undefined
  readonly #invitations = new Map<number, Invitation>()
  #invitationCount = 0
  /** Bots that were invited and are linked, but no members yet. */
  readonly #linked = new Map<number, MemberId>()
  /** Invitations that ended with a life: told after its end was. */
  readonly #abandoned: NetfluxError[] = []
  #isRtcMissingTold = false
  /** Counts how often the group was left. */
  #life = 0

  /** @throws NetfluxError BAD_OPTION, BAD_URL, NO_SIGNALING_SERVER */
  constructor(options: WebGroupOptions, platform: Platform) {
    this.#options = checkOptions(options, platform.defaultSignalingServer())
    const port = platform.createPort(this.#options)
    this.#port = port
    this.#group = new Group({
      get capabilities() {
        return port.capabilities
      },
      signalingServer: this.#options.signalingServer,
      url: platform.url,
      favored: platform.isFavored,
      needsToken: this.#options.token !== undefined,
      maxMessageSize: this.#options.maxMessageSize,
      maxBacklog: this.#options.maxBacklog,
      random: (bytes) => port.random(bytes),
    })
    this.#group.autoRejoin = this.#options.autoRejoin
    const tell = (event: Event) => this.#tell(event)
    this.#driver = new Driver(this.#group, port, tell, undefined, (event) => this.#note(event))
    this.message$ = this.#subjects.message.asObservable()
    this.memberJoin$ = this.#subjects.memberJoin.asObservable()
    this.memberLeave$ = this.#subjects.memberLeave.asObservable()
    this.error$ = this.#subjects.error.asObservable()
    this.state$ = this.#subjects.state.asObservable()
    this.signalingState$ = this.#subjects.signalingState.asObservable()
  }

  // ---- what is

  /** The group's id: derived from the key, the same for all its members. 0 in LEFT. */
  get id(): number {
    return this.#group.id
  }

  /** My id in the group, new at every join. 0 in LEFT. */
  get myId(): MemberId {
    return this.#group.myId
  }

  /** The group's key. '' in LEFT. */
  get key(): string {
    return this.state === WebGroupState.LEFT ? '' : this.#group.key
  }

  /** Everyone in the group, me included. Empty in LEFT. */
  get members(): MemberId[] {
    return [...this.#group.members]
  }

  /** The members that I am linked with directly, without me. */
  get neighbors(): MemberId[] {
    return [...this.#group.neighbors]
  }

  get topology(): Topology {
    return this.#options.topology
  }

  get state(): WebGroupState {
    return this.#group.state
  }

  get signalingState(): SignalingState {
    return this.#group.signalingState
  }

  get signalingServer(): string {
    return this.#options.signalingServer
  }

  /** Whether to join again after being cut off. */
  get autoRejoin(): boolean {
    return this.#group.autoRejoin
  }

  set autoRejoin(enabled: boolean) {
    this.#group.autoRejoin = enabled === true
  }

  /** How this member is reached; undefined if it is not a member, or me. */
  link(id: MemberId): LinkInfo | undefined {
    return this.#group.link(id)
  }

  // ---- what users do

  /**
   * Joins the group of this key, a string of 1 to 512 characters; without one a new key is made, see `key`.
   * While joined or joining the same group it does nothing.
   * @returns resolves in JOINED or LEFT, never rejects
   * @throws NetfluxError BAD_KEY; BAD_STATE with another key while not LEFT; NO_WEBSOCKET
   */
  join(key?: string): Promise<void> {
    if (key !== undefined) checkKey(key)
    if (this.state !== WebGroupState.LEFT) {
      if (key !== undefined && key !== this.key)
        throw new NetfluxError('BAD_STATE', 'leave the group before joining another one')
      return this.#joining?.promise ?? READY
    }
    if (!this.#port.capabilities.webSocket) throw new NetfluxError('NO_WEBSOCKET', 'no WebSocket here')
    const joining = deferred()
    this.#joining = joining
    this.#port.watch(true)
    this.#driver.submit({ on: 'join', key: key ?? generateKey((bytes) => this.#port.random(bytes)) })
    this.#tellRtcMissing()
    return joining.promise
  }

  /** Says goodbye and leaves. Does nothing in LEFT. */
  leave(): void {
    this.#driver.submit({ on: 'leave' })
  }

  /**
   * Sends to all other members. It arrives once, in order; not at all at members who leave meanwhile.
   * @returns resolves when there is room to send more, at once while queues are short; never rejects
   * @throws NetfluxError BAD_DATA, BAD_STATE in LEFT, MESSAGE_TOO_LARGE, BACKLOG_FULL
   */
  send(data: Data, options?: SendOptions): Promise<void> {
    return this.#send(undefined, data, options)
  }

  /**
   * Sends to one member. To one that has left it does nothing.
   * @throws NetfluxError as send(), and BAD_ID if there never was such a member
   */
  sendTo(id: MemberId, data: Data, options?: SendOptions): Promise<void> {
    if (typeof id !== 'number') throw new NetfluxError('BAD_ID', 'the id is not a number')
    return this.#send(id, data, options)
  }

  /**
   * Asks the bot at this ws or wss URL into the group. It is given the key.
   * @returns the bot's member id, once it is a member; rejects with NetfluxError INVITE_FAILED or INVITE_REFUSED, which onError is told too
   * @throws NetfluxError BAD_URL; BAD_STATE in LEFT
   */
  invite(url: string): Promise<MemberId> {
    const checked = checkBotUrl(url, 'the URL of the bot')
    if (this.state === WebGroupState.LEFT) throw new NetfluxError('BAD_STATE', 'join a group before inviting')
    const invitation = ++this.#invitationCount
    const promise = new Promise<MemberId>((resolve, reject) =>
      this.#invitations.set(invitation, { resolve, reject }),
    )
    promise.catch(() => {}) // programs for Netflux 4 ignore the result; onError is told as well
    if (!isSafe(checked.url))
      this.#tellError(
        new NetfluxError('INSECURE_INVITE', `the key goes to ${checked.url.host} unencrypted: use wss://`),
      )
    this.#driver.submit({ on: 'invite', url: checked.text, invitation })
    return promise
  }

  // ---- handlers: anything but a function unsets one

  get onMessage(): Handlers['onMessage'] | undefined {
    return this.#handlers.onMessage
  }
  /** A message came: from whom, and what. */
  set onMessage(handler: Handlers['onMessage'] | null | undefined) {
    this.#handle('onMessage', handler)
  }

  get onMyId(): Handlers['onMyId'] | undefined {
    return this.#handlers.onMyId
  }
  /** I have an id (at every join, and after being cut off altogether). */
  set onMyId(handler: Handlers['onMyId'] | null | undefined) {
    this.#handle('onMyId', handler)
  }

  get onMemberJoin(): Handlers['onMemberJoin'] | undefined {
    return this.#handlers.onMemberJoin
  }
  /** Someone is in the group: one that was there before me, or a new one. */
  set onMemberJoin(handler: Handlers['onMemberJoin'] | null | undefined) {
    this.#handle('onMemberJoin', handler)
  }

  get onMemberLeave(): Handlers['onMemberLeave'] | undefined {
    return this.#handlers.onMemberLeave
  }
  /** Someone left, or cannot be reached any more. */
  set onMemberLeave(handler: Handlers['onMemberLeave'] | null | undefined) {
    this.#handle('onMemberLeave', handler)
  }

  get onStateChange(): Handlers['onStateChange'] | undefined {
    return this.#handlers.onStateChange
  }
  set onStateChange(handler: Handlers['onStateChange'] | null | undefined) {
    this.#handle('onStateChange', handler)
  }

  get onSignalingStateChange(): Handlers['onSignalingStateChange'] | undefined {
    return this.#handlers.onSignalingStateChange
  }
  set onSignalingStateChange(handler: Handlers['onSignalingStateChange'] | null | undefined) {
    this.#handle('onSignalingStateChange', handler)
  }

  get onError(): Handlers['onError'] | undefined {
    return this.#handlers.onError
  }
  /** Something went wrong and was survived. */
  set onError(handler: Handlers['onError'] | null | undefined) {
    this.#handle('onError', handler)
  }

  /** For Bot: the parts that it has to reach. */
  protected internals(): { readonly driver: Driver; readonly port: Port } {
    return { driver: this.#driver, port: this.#port }
  }

  /** For Bot: its group is without anyone else, and that for good. */
  protected onAlone(): void {}

  /** For Bot: nothing of the group is left. */
  protected onReleased(): void {}

  // ---- inside

  #handle<Name extends keyof Handlers>(name: Name, handler: Handlers[Name] | null | undefined): void {
    if (typeof handler === 'function') this.#handlers[name] = handler
    else delete this.#handlers[name]
  }

  #send(to: MemberId | undefined, data: Data, options: SendOptions | undefined): Promise<void> {
    if (typeof data !== 'string' && !isBytes(data))
      throw new NetfluxError('BAD_DATA', 'data is neither a string nor a Uint8Array')
    const error = this.#group.whyNotSend(to, byteLength(data, this.#options.maxMessageSize))
    if (error) throw error
    this.#driver.submit({ on: 'send', to, data, ordered: options?.ordered !== false })
    if (this.#group.hasRoom) return READY
    this.#room ??= deferred()
    return this.#room.promise
  }

  /** Promises settle when it happens: a handler that leaves and joins again may be told of the old life later. */
  #note(event: Event): void {
    switch (event.type) {
      case 'state':
        return this.#noteState(event.state)
      case 'myId':
        this.#resolveRoom()
        return this.#abandonInvitations('the group was cut off, and is being joined anew')
      case 'room':
        return this.#resolveRoom()
      case 'invited':
        this.#linked.set(event.invitation, event.id)
        return this.#resolveInvitations()
      case 'memberJoin':
        return this.#resolveInvitations()
      case 'inviteFailed':
        return this.#rejectInvitation(event.invitation, event.error)
    }
  }

  /** Whoever awaits invite() may send to the bot then: it is a member, not only linked. */
  #resolveInvitations(): void {
    for (const [invitation, id] of this.#linked) {
      if (!this.#group.members.includes(id)) continue
      this.#invitations.get(invitation)?.resolve(id)
      this.#invitations.delete(invitation)
      this.#linked.delete(invitation)
    }
  }

  #noteState(state: WebGroupState): void {
    if (state === WebGroupState.JOINING) return
    this.#joining?.resolve()
    this.#joining = undefined
    if (state === WebGroupState.JOINED) return
    this.#resolveRoom()
    this.#abandonInvitations('the group was left')
    this.#life += 1
    this.#driver.withdraw(isOfLife)
  }

  /** A life in the group ended, and with it what it had begun. */
  #abandonInvitations(reason: string): void {
    for (const invitation of [...this.#invitations.keys()]) {
      const error = new NetfluxError('INVITE_FAILED', reason)
      this.#rejectInvitation(invitation, error)
      this.#abandoned.push(error)
    }
  }

  #tell(event: Event): void {
    switch (event.type) {
      case 'messages':
        return this.#tellMessages(event.id, event.data)
      case 'memberJoin':
        this.#call(this.#handlers.onMemberJoin, event.id)
        return this.#subjects.memberJoin.next(event.id)
      case 'memberLeave':
        this.#call(this.#handlers.onMemberLeave, event.id)
        return this.#subjects.memberLeave.next(event.id)
      case 'myId':
        this.#call(this.#handlers.onMyId, event.id)
        return this.#tellAbandoned()
      case 'state':
        return this.#tellState(event.state)
      case 'signalingState':
        this.#call(this.#handlers.onSignalingStateChange, event.state)
        return this.#subjects.signalingState.next(event.state)
      case 'error':
        return this.#tellError(event.error)
      case 'inviteFailed':
        return this.#tellError(event.error)
      case 'alone':
        return this.onAlone()
      case 'released':
        this.#port.watch(this.#group.mayRejoin)
        return this.onReleased()
      case 'room':
      case 'invited':
      case 'topologyState':
    }
  }

  #tellMessages(id: MemberId, messages: readonly Data[]): void {
    const life = this.#life
    for (const data of messages) {
      // A handler may leave.
      if (this.#life !== life) return
      this.#call(this.#handlers.onMessage, id, data)
      if (this.#subjects.message.observed) this.#subjects.message.next({ id, data })
    }
  }

  #tellState(state: WebGroupState): void {
    this.#call(this.#handlers.onStateChange, state)
    this.#subjects.state.next(state)
    if (state === WebGroupState.LEFT) this.#tellAbandoned()
  }

  #tellAbandoned(): void {
    for (const error of this.#abandoned.splice(0)) this.#tellError(error)
  }

  #tellError(error: NetfluxError): void {
    this.#call(this.#handlers.onError, error)
    this.#subjects.error.next(error)
  }

  #tellRtcMissing(): void {
    if (this.#isRtcMissingTold || this.#port.capabilities.rtc) return
    this.#isRtcMissingTold = true
    this.#tellError(
      new NetfluxError('RTC_MISSING', 'no WebRTC here: only members that accept WebSockets can be linked'),
    )
  }

  #rejectInvitation(invitation: number, error: NetfluxError): void {
    const { reject } = this.#invitations.get(invitation) ?? {}
    this.#invitations.delete(invitation)
    this.#linked.delete(invitation)
    reject?.(error)
  }

  #resolveRoom(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  /** A handler that throws breaks nothing here; its error is thrown where the environment reports it. */
  #call<Arguments extends unknown[]>(
    handler: ((...args: Arguments) => void) | undefined,
    ...args: Arguments
  ): void {
    try {
      handler?.(...args)
    } catch (error) {
      setTimeout(() => {
        throw error
      })
    }
  }
}

/** @throws NetfluxError BAD_KEY */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key.length === 0 || key.length > limits.keyLength)
    throw new NetfluxError('BAD_KEY', `the key is not a string of 1 to ${limits.keyLength} characters`)
}

/** Means nothing to someone who has left meanwhile. */
function isOfLife({ type }: Event): boolean {
  return type === 'messages' || type === 'memberJoin' || type === 'memberLeave'
}

/** By name, as test runners and frames have a Uint8Array of their own. */
function isBytes(data: unknown): boolean {
  return data instanceof Uint8Array || Object.prototype.toString.call(data) === '[object Uint8Array]'
}

/** Exact only where it matters: a UTF-16 unit takes at most 3 bytes. */
function byteLength(data: Data, maxMessageSize: number): number {
  if (typeof data !== 'string') return data.length
  const isSmall = data.length * 3 <= Math.min(limits.roomLow, maxMessageSize)
  return isSmall ? data.length : new TextEncoder().encode(data).length
}

/** wss, or ws that does not leave this machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'wss:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  )
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
