// The core of a WebGroup: couples signaling, topology and the group's own state by the tables, and routes every input.
// Called by driver.ts only. Each life in the group is a Mesh of its own; a life that ends says goodbye while the next begins.
import type {
  Capabilities,
  ChannelId,
  Context,
  Core,
  Data,
  Event,
  Input,
  MemberId,
  MeshTimer,
  Milliseconds,
  Output,
} from './contract.js'
import { Coupling, type GroupAction } from './coupling.js'
import { Early } from './early.js'
import { NetfluxError } from './errors.js'
import * as limits from './limits.js'
import { Lives } from './lives.js'
import type { Watch } from './liveness.js'
import type { Mesh } from './mesh.js'
import type { MeshFact } from './meshFacts.js'
import { deriveSecrets, type Secrets } from './secrets.js'
import { Signaling, type SignalingFact } from './signaling.js'
import { SignalingState, TopologyState, WebGroupState } from './states.js'
import type { OuterEvent } from './tables.js'
import type { Reach } from './view.js'

export interface GroupOptions {
  readonly capabilities: Capabilities
  /** ws or wss; the topic is appended to its path. */
  readonly signalingServer: string
  /** Where this process accepts WebSockets, '' if nowhere. */
  readonly url: string
  /** Introduced before others: Node members. */
  readonly favored: boolean
  /** The user is asked for an access token before each connection with Sigver. */
  readonly needsToken: boolean
  readonly maxMessageSize: number
  readonly maxBacklog: number
  readonly random: (bytes: number) => Uint8Array
}

export class Group implements Core {
  autoRejoin = true
  key = ''

  private now: Milliseconds = 0
  private outputs: Output[] = []
  private readonly context: Context
  private secrets: Secrets | undefined
  private signaling: Signaling | undefined
  private readonly lives: Lives
  private channels = 0
  private isOnline = true
  private isVisible = true
  /** Left without the user asking for it. */
  private isExpelled = false
  /** Sigver refused for good. */
  private isRefused = false
  private isIdTaken = false
  private constructBy: Milliseconds = 0
  private readonly early = new Early()
  /** Users were told that these joined, and not yet that they left. */
  private readonly toldMembers = new Set<MemberId>()
  private readonly coupling: Coupling

  constructor(private readonly options: GroupOptions) {
    // Arrow functions read the fields of the current input.
    const now = () => this.now
    this.context = {
      get now() {
        return now()
      },
      random: options.random,
      out: (output) => this.outputs.push(output),
    }
    const { url, maxMessageSize } = options
    this.lives = new Lives(this.context, {
      get capabilities() {
        return options.capabilities
      },
      url,
      maxMessageSize,
      newChannel: () => ++this.channels,
    })
    this.coupling = this.couple()
  }

  private couple(): Coupling {
    const rejoinEnabled = () => this.rejoinEnabled
    const signalingState = () => this.signalingState
    return new Coupling({
      get rejoinEnabled() {
        return rejoinEnabled()
      },
      get signalingState() {
        return signalingState()
      },
      act: (action) => this.act(action),
      tell: (event) => this.tell(event),
    })
  }

  private get mesh(): Mesh | undefined {
    return this.lives.present
  }

  // ---- what users can see

  get state(): WebGroupState {
    return this.coupling.state
  }

  get id(): number {
    return this.secrets?.groupId ?? 0
  }

  get myId(): MemberId {
    return this.mesh?.me.id ?? 0
  }

  get members(): readonly MemberId[] {
    return this.mesh ? [this.mesh.me.id, ...this.mesh.view.members.map((peer) => peer.id)] : []
  }

  get neighbors(): readonly MemberId[] {
    return this.mesh?.view.neighbors ?? []
  }

  get signalingState(): SignalingState {
    return this.signaling?.state ?? SignalingState.CLOSED
  }

  get hasRoom(): boolean {
    return this.mesh?.view.hasRoom ?? true
  }

  link(id: MemberId): Reach | undefined {
    return this.mesh?.view.reach(id)
  }

  /** Why this cannot be sent, if so. `size` in bytes. */
  whyNotSend(to: MemberId | undefined, size: number): NetfluxError | undefined {
    if (!this.mesh) return new NetfluxError('BAD_STATE', 'join a group before sending')
    if (to !== undefined && !this.mesh.hasMet(to))
      return new NetfluxError('BAD_ID', `${to} is not and was not a member of the group`)
    if (size > this.options.maxMessageSize)
      return new NetfluxError('MESSAGE_TOO_LARGE', `${size} bytes are more than maxMessageSize`)
    if (this.mesh.view.backlog + size > this.options.maxBacklog)
      return new NetfluxError('BACKLOG_FULL', 'members take less than is sent: await send()')
    return undefined
  }

  /** Left without the user asking for it: it may join again by itself. */
  get mayRejoin(): boolean {
    return this.isExpelled && this.rejoinEnabled
  }

  // ---- inputs

  handle(input: Input, now: Milliseconds): readonly Output[] {
    this.now = now
    this.outputs = []
    this.route(input)
    this.settle()
    return this.outputs
  }

  private route(input: Input): void {
    switch (input.on) {
      case 'join':
        this.key = this.state === WebGroupState.LEFT ? input.key : this.key
        return this.outer('join')
      case 'leave':
        return this.outer('leave')
      case 'pagehide':
      case 'pageshow':
        return this.outer(input.on)
      case 'environment':
        return this.environment(input.online, input.visible)
      case 'invite':
        return this.mesh?.invite(input.url, this.key, input.invitation)
      case 'send':
        return this.mesh?.send(input.data, input.to, input.ordered)
      case 'adopted':
        return this.adopt(input.channel, input.nonce, input.hello)
      case 'timer':
        return this.timer(input.timer)
      case 'turn':
        return this.lives.handle(input)
      case 'accepted':
      case 'bus':
      case 'published':
        return
      default:
        return this.onChannel(input)
    }
  }

  private onChannel(input: Extract<Input, { channel: ChannelId }>): void {
    if (this.signaling?.owns(input.channel)) this.signaling.handle(input)
    else this.lives.handle(input)
  }

  private timer(timer: string): void {
    switch (timer) {
      case 'reconnect':
        return this.signaling?.connect()
      case 'heartbeat':
        return this.signaling?.heartbeat()
      case 'claim':
        return this.signaling?.claim(this.mesh?.view.connected ?? [])
    }
    const [name, life] = timer.split('/')
    this.lives.timer(name as MeshTimer, Number(life), this.watch)
  }

  /** Without a network nobody can answer. */
  private get watch(): Watch {
    return this.isOnline ? (this.signaling?.watch ?? 'away') : 'silent'
  }

  private environment(online: boolean, visible: boolean): void {
    const wasPresent = this.isPresent
    const wasOnline = this.isOnline
    this.isOnline = online
    this.isVisible = visible
    if (wasOnline !== online) this.mesh?.networkChanged()
    if (this.isPresent && !wasPresent) this.outer('present')
  }

  private get isPresent(): boolean {
    return this.isOnline && this.isVisible
  }

  private adopt(channel: ChannelId, nonce: Uint8Array, hello: Uint8Array): void {
    if (this.mesh) this.mesh.adopt(channel, nonce, hello)
    else this.context.out({ do: 'close', channel })
  }

  private outer(event: OuterEvent): void {
    switch (this.coupling.outer(event)) {
      case 'begin':
        return this.begin()
      case 'begin again':
        if (this.mayRejoin) this.begin()
        return
      case 'end':
        return this.end(false)
      case 'end at once':
        this.end(true)
        this.isExpelled = true
        return
      case 'connect now':
        return this.signaling?.hurry()
      case 'nothing':
    }
  }

  // ---- lives

  private get rejoinEnabled(): boolean {
    return this.autoRejoin && !this.isRefused
  }

  private begin(): void {
    const secrets = deriveSecrets(this.key)
    this.secrets = secrets
    this.isExpelled = false
    this.isRefused = false
    const url = new URL(this.options.signalingServer)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${secrets.topic}`
    this.signaling = new Signaling(this.context, {
      url: url.href,
      favored: this.options.favored,
      needsToken: this.options.needsToken,
      newChannel: () => ++this.channels,
    })
    this.newLife(secrets)
    if (this.isPresent) this.signaling.connect()
  }

  private newLife(secrets: Secrets): void {
    this.isIdTaken = false
    this.tell({ type: 'myId', id: this.lives.begin(secrets).me.id })
    this.coupling.restart(WebGroupState.JOINING)
  }

  private endLife(atOnce: boolean): void {
    this.early.take()
    this.toldMembers.clear()
    this.lives.end(atOnce)
  }

  private rejoin(): void {
    if (!this.secrets || !this.mesh) return
    // Not those in view: several may have left it at once, of whom only the first has been told.
    for (const id of this.toldMembers) this.tell({ type: 'memberLeave', id })
    this.endLife(false)
    this.newLife(this.secrets)
    if (this.isPresent) this.signaling?.connectSoon()
  }

  private end(atOnce: boolean): void {
    this.endLife(atOnce)
    this.signaling?.close()
    this.key = atOnce ? this.key : ''
    this.secrets = undefined
    this.coupling.restart(WebGroupState.LEFT)
  }

  private expel(): void {
    const key = this.key
    this.end(false)
    this.key = key
    this.isExpelled = true
  }

  // ---- what the machines report

  /** Until nobody has anything to report any more. */
  private settle(): void {
    for (;;) {
      const signaling = this.signaling?.take() ?? []
      for (const fact of signaling) this.onSignalingFact(fact)
      const { mesh } = this
      const facts = mesh?.take() ?? []
      for (const fact of facts) if (this.mesh === mesh) this.onMeshFact(fact)
      if (this.lives.sweep()) this.tell({ type: 'released' })
      if (signaling.length === 0 && facts.length === 0 && !this.construct()) return
    }
  }

  /** Is the construction over, one way or the other? */
  private construct(): boolean {
    const { mesh, coupling } = this
    if (coupling.topology !== TopologyState.CONSTRUCTING || !mesh) return false
    if (mesh.view.isAlone) coupling.topologyChanges(TopologyState.IDLE)
    else if (mesh.view.isComplete || this.now >= this.constructBy)
      coupling.topologyChanges(TopologyState.CONSTRUCTED)
    else return false
    return true
  }

  private onSignalingFact(fact: SignalingFact): void {
    switch (fact.fact) {
      case 'signaling':
        return this.onSignalingState(fact.state, fact.connected)
      case 'introduced':
        return this.onIntroduced(fact)
      case 'relayed':
        return this.mesh?.relayed(fact.from.id, fact.payload)
      case 'gone':
        return this.mesh?.hint(fact.peers)
      case 'turn':
        return this.context.out({ do: 'ice', server: fact.server })
      case 'error':
        return this.tell({ type: 'error', error: fact.error })
      case 'idTaken':
        this.isIdTaken = true
        return
      case 'refused':
        this.isRefused = true
    }
  }

  private onIntroduced({ peer, others, favored }: SignalingFact & { fact: 'introduced' }): void {
    if (this.mesh?.view.isLinked(peer)) this.signaling?.confirmed()
    this.mesh?.introduce(peer, others, favored)
  }

  private onSignalingState(state: SignalingState, connected: boolean): void {
    this.tell({ type: 'signalingState', state })
    if (this.state === WebGroupState.LEFT) return
    if (state === SignalingState.CLOSED && this.isIdTaken) return this.rejoin()
    this.coupling.signalingChanged(state, connected)
    if (connected && this.mesh?.view.isAlone) this.tell({ type: 'alone' })
  }

  private onMeshFact(fact: MeshFact): void {
    switch (fact.fact) {
      case 'join':
        this.tell({ type: 'memberJoin', id: fact.id })
        return this.signaling?.membersChanged()
      case 'paths':
        return this.signaling?.membersChanged()
      case 'leave':
        return this.onLeave(fact)
      case 'messages':
        return this.onMessages(fact.id, fact.data)
      case 'room':
        return this.tell({ type: 'room' })
      case 'linked':
        return this.onLinked(fact)
      case 'relay':
        return this.signaling?.relay(fact.peer, fact.payload)
      case 'dialed':
        if (fact.isIntroduced && fact.reason !== undefined) this.onIntroductionFailed(fact)
        return
      case 'inviteFailed':
        return this.tell({ type: 'inviteFailed', invitation: fact.invitation, error: fact.error })
      case 'error':
        return this.tell({ type: 'error', error: fact.error })
      case 'idTaken':
        this.isIdTaken = true
        return this.signaling?.close()
      case 'asking':
        return this.signaling?.probe()
      case 'released':
    }
  }

  private onLinked({ peer, link }: MeshFact & { fact: 'linked' }): void {
    if (link.invitation !== 0) this.tell({ type: 'invited', invitation: link.invitation, id: peer.id })
    if (this.coupling.topology === TopologyState.IDLE) {
      this.constructBy = this.now + limits.construction
      this.coupling.topologyChanges(TopologyState.CONSTRUCTING)
    }
    this.signaling?.confirmed()
  }

  private onLeave({ id, how, wasAdjacent }: MeshFact & { fact: 'leave' }): void {
    this.early.drop(id)
    if (this.mesh) this.mesh.isRefusing = this.early.isFull
    this.tell({ type: 'memberLeave', id })
    this.signaling?.membersChanged()
    const view = this.mesh?.view
    if (!view?.isEmpty) {
      if (wasAdjacent) this.coupling.memberLeft()
    } else if (how === 'goodbye') this.tell({ type: 'alone' })
    else if (view.isAlone) this.coupling.topologyChanges(TopologyState.IDLE)
  }

  private onMessages(id: MemberId, data: readonly Data[]): void {
    if (this.state === WebGroupState.JOINED) return this.tell({ type: 'messages', id, data })
    this.early.add(id, data)
    if (this.mesh) this.mesh.isRefusing = this.early.isFull
  }

  private onIntroductionFailed({ peer, reason }: MeshFact & { fact: 'dialed' }): void {
    this.signaling?.unreachable(peer)
    const message = `member ${peer.id}, to whom Sigver introduced me: ${reason}`
    this.tell({ type: 'error', error: new NetfluxError('PEER_UNREACHABLE', message, peer.id) })
  }

  private act(action: GroupAction): void {
    switch (action) {
      case 'rejoin':
        return this.rejoin()
      case 'leave':
        return this.expel()
      case 'connect':
        return this.isRefused ? undefined : this.signaling?.connectSoon()
      case 'check':
        return this.check()
    }
  }

  private check(): void {
    const { present, identity } = this.lives
    if (present && identity) this.signaling?.check(identity, present.view.connected)
  }

  private tell(event: Event): void {
    this.context.out({ do: 'tell', event })
    if (event.type === 'memberJoin') this.toldMembers.add(event.id)
    if (event.type === 'memberLeave') this.toldMembers.delete(event.id)
    if (event.type === 'state' && event.state === WebGroupState.JOINED) this.tellEarly()
  }

  private tellEarly(): void {
    for (const { id, data } of this.early.take()) this.tell({ type: 'messages', id, data })
    if (this.mesh) this.mesh.isRefusing = false
  }
}
