// Keeps a Yjs document, and who is there, the same for all members of a group. The whole of the `netflux/yjs` entry.
// A member that comes is greeted with what I have, and sends the rest; after that everyone sends what they change.
import { ObservableV2 } from 'lib0/observable'
import type { Subscription } from 'rxjs'
import { Awareness } from 'y-protocols/awareness'
import { type Doc, encodeStateVector } from 'yjs'
import { type MemberId, NetfluxError, WebGroup, type WebGroupOptions, WebGroupState } from '#netflux'
import { applyUpdate, message, MessageType, restOf } from './messages.js'
import { Presence } from './presence.js'

export type ProviderStatus = 'connecting' | 'connected' | 'disconnected'

/** The options of the group, if the provider makes it, and: */
export interface NetfluxProviderOptions extends WebGroupOptions {
  /** Names, cursors and the like. Default: a new one, destroyed with the provider. */
  awareness?: Awareness
  /** Join at once. Default: true. */
  connect?: boolean
}

/** What `on`, `once` and `off` know. */
export type NetfluxProviderEvents = {
  synced: (event: { synced: boolean }) => void
  status: (event: { status: ProviderStatus }) => void
  peers: (event: { added: MemberId[]; removed: MemberId[]; peers: MemberId[] }) => void
  /** An update could not be sent, for it is larger than `maxMessageSize`. */
  error: (error: NetfluxError) => void
}

/** How long to wait when the group's backlog is full. A guess: some MB at a slow member's pace. */
const RETRY = 1_000

export class NetfluxProvider extends ObservableV2<NetfluxProviderEvents> {
  readonly doc: Doc
  readonly awareness: Awareness
  /** The group: made by the provider, or the one that it was given. Its strings are free for other uses. */
  readonly webGroup: WebGroup

  /** undefined: the group is somebody else's, who joins and leaves it. */
  readonly #key: string | undefined
  readonly #presence: Presence
  readonly #ownsAwareness: boolean
  /** The other members, and whether they have sent what I lacked. */
  readonly #peers = new Map<MemberId, boolean>()
  #subscription: Subscription | undefined
  #status: ProviderStatus = 'disconnected'
  #isSynced = false
  /** While an answer to my state vector is being applied. */
  #isCatchingUp = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #isRepairing = false

  /**
   * @param group the key of a group, which is joined and left with the provider; or a group that is somebody else's
   * @throws NetfluxError BAD_KEY, BAD_OPTION, BAD_URL, NO_SIGNALING_SERVER
   */
  constructor(group: string | WebGroup, doc: Doc, options: NetfluxProviderOptions = {}) {
    const { awareness, connect = true, ...groupOptions } = options
    super()
    this.doc = doc
    const isKey = typeof group === 'string'
    this.webGroup = isKey ? new WebGroup(groupOptions) : group
    this.#key = isKey ? group : undefined
    this.awareness = awareness ?? new Awareness(doc)
    this.#ownsAwareness = awareness === undefined
    this.#presence = new Presence(this.awareness, (update) =>
      this.#send(undefined, MessageType.awareness, update),
    )
    doc.on('destroy', this.#onDocDestroy)
    if (connect) this.connect()
  }

  get status(): ProviderStatus {
    return this.#status
  }

  /** Whether the document has been synced with at least one other member, or nobody else is there. */
  get synced(): boolean {
    return this.#isSynced
  }

  /** The member behind a client of the awareness; undefined for me and for clients that no member told about. */
  memberOf(client: number): MemberId | undefined {
    return this.#presence.memberOf(client)
  }

  /** Joins the group, if it is the provider's own, and keeps the document in step with it. */
  connect(): void {
    if (this.#subscription) return
    if (this.#key !== undefined) void this.webGroup.join(this.#key)
    this.#presence.start()
    this.doc.on('update', this.#onDocUpdate)
    this.#subscription = this.webGroup.memberJoin$.subscribe((id) => this.#meet(id))
    this.#subscription.add(this.webGroup.memberLeave$.subscribe((id) => this.#part([id])))
    this.#subscription.add(this.webGroup.message$.subscribe(({ id, data }) => this.#onMessage(id, data)))
    for (const id of this.webGroup.members) if (id !== this.webGroup.myId) this.#meet(id, true)
    // Last: it tells the state at once, and in JOINED who is known to be there matters.
    this.#subscription.add(this.webGroup.state$.subscribe((state) => this.#onState(state)))
  }

  /** Leaves the group, if it is the provider's own, and lets go of the document. */
  disconnect(): void {
    if (!this.#subscription) return
    this.#subscription.unsubscribe()
    this.#subscription = undefined
    this.doc.off('update', this.#onDocUpdate)
    this.#presence.stop()
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (this.#key !== undefined) this.webGroup.leave()
    this.#onState(WebGroupState.LEFT)
  }

  /** Disconnects for good. The document stays; so does an awareness that was given, without my own state. */
  override destroy(): void {
    this.disconnect()
    this.doc.off('destroy', this.#onDocDestroy)
    this.awareness.setLocalState(null)
    if (this.#ownsAwareness) this.awareness.destroy()
    super.destroy()
  }

  // ---- members come and go

  #onState(state: WebGroupState): void {
    if (state === WebGroupState.LEFT) this.#part([...this.#peers.keys()])
    this.#setStatus(statusOf[state])
    this.#checkSynced()
  }

  /** @param isLate the member may have greeted me before I listened */
  #meet(id: MemberId, isLate = false): void {
    if (this.#peers.has(id)) return
    this.#peers.set(id, false)
    this.#greet(id)
    if (isLate) this.#send(id, MessageType.again)
    this.#tellPeers([id], [])
  }

  #greet(id: MemberId): void {
    this.#send(id, MessageType.have, encodeStateVector(this.doc))
    const states = this.#presence.greeting()
    if (states) this.#send(id, MessageType.awareness, states)
  }

  #part(ids: readonly MemberId[]): void {
    const removed = ids.filter((id) => this.#peers.delete(id))
    for (const id of removed) this.#presence.forget(id)
    if (removed.length === 0) return
    this.#tellPeers([], removed)
    this.#checkSynced()
    this.#repair()
  }

  /**
   * A member that crashed may have reached some of us only. One of us, the same for all, asks everyone
   * and passes on what is new to it; the others ask that one.
   */
  #repair(): void {
    if (this.#isRepairing) return
    this.#isRepairing = true
    // Once for all who left in this turn.
    queueMicrotask(() => {
      this.#isRepairing = false
      if (this.#peers.size > 0)
        this.#send(this.#isCentre ? undefined : this.#centre, MessageType.have, encodeStateVector(this.doc))
    })
  }

  get #centre(): MemberId {
    return Math.min(this.webGroup.myId, ...this.#peers.keys())
  }

  get #isCentre(): boolean {
    return this.#centre === this.webGroup.myId
  }

  // ---- what is said

  #onMessage(from: MemberId, data: string | Uint8Array): void {
    if (typeof data === 'string') return
    const payload = data.subarray(1)
    switch (data[0]) {
      case MessageType.have:
        return this.#answer(from, payload)
      case MessageType.rest:
        return this.#catchUp(from, payload)
      case MessageType.update:
        return applyUpdate(this.doc, payload, this)
      case MessageType.awareness:
        return this.#presence.receive(from, payload)
      case MessageType.again:
        return this.#greet(from)
    }
  }

  #answer(to: MemberId, stateVector: Uint8Array): void {
    const rest = restOf(this.doc, stateVector)
    if (rest) this.#send(to, MessageType.rest, rest)
  }

  #catchUp(from: MemberId, rest: Uint8Array): void {
    this.#isCatchingUp = true
    try {
      applyUpdate(this.doc, rest, this)
    } finally {
      this.#isCatchingUp = false
      if (this.#peers.has(from)) this.#peers.set(from, true)
      this.#checkSynced()
    }
  }

  readonly #onDocUpdate = (update: Uint8Array, origin: unknown): void => {
    const isTold = origin === this
    // What came from a member, all have received; but what was caught up with may be new to others.
    if (!isTold || (this.#isCatchingUp && this.#isCentre)) this.#send(undefined, MessageType.update, update)
  }

  readonly #onDocDestroy = (): void => this.destroy()

  #send(to: MemberId | undefined, type: number, payload?: Uint8Array): void {
    if (this.#peers.size === 0) return
    const bytes = message(type, payload)
    try {
      void (to === undefined ? this.webGroup.send(bytes) : this.webGroup.sendTo(to, bytes))
    } catch (error) {
      if (!(error instanceof NetfluxError)) throw error
      if (error.code === 'BACKLOG_FULL') this.#tryLater()
      else this.emit('error', [error])
    }
  }

  /** Nothing needs to be kept: when there is room, everybody is greeted as if they had just come. */
  #tryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      for (const id of this.#peers.keys()) {
        this.#greet(id)
        this.#send(id, MessageType.again)
      }
    }, RETRY)
  }

  // ---- what users hear

  #setStatus(status: ProviderStatus): void {
    if (status === this.#status) return
    this.#status = status
    this.emit('status', [{ status }])
  }

  #checkSynced(): void {
    const hasSynced = this.#isSynced || this.#peers.size === 0 || [...this.#peers.values()].includes(true)
    const synced = this.#status === 'connected' && hasSynced
    if (synced === this.#isSynced) return
    this.#isSynced = synced
    this.emit('synced', [{ synced }])
  }

  #tellPeers(added: MemberId[], removed: MemberId[]): void {
    this.emit('peers', [{ added, removed, peers: [...this.#peers.keys()] }])
  }
}

const statusOf: Record<WebGroupState, ProviderStatus> = {
  [WebGroupState.JOINING]: 'connecting',
  [WebGroupState.JOINED]: 'connected',
  [WebGroupState.LEFT]: 'disconnected',
}
