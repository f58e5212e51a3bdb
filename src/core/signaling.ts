// The connection with Sigver: CLOSED, CONNECTING, OPEN, CHECKING, CHECKED. Held by group.ts, which decides when to connect
// and to check. Reports facts; knows nothing of links.
import type { ChannelId, Context, Input, MemberId, Milliseconds, TurnServer } from './contract.js'
import { closeCodes, isCrowded, isFinal } from './closeCodes.js'
import { type ErrorCode, NetfluxError } from './errors.js'
import * as limits from './limits.js'
import type { PeerName } from './link.js'
import type { Watch } from './liveness.js'
import {
  type Announce,
  type Claim,
  decodeToPeer,
  encodeToServer,
  type Identity,
  type ToPeer,
  type ToServer,
} from './signalingWire.js'
import { meansGarbage } from './standardCloseCodes.js'
import { SignalingState } from './states.js'

export type SignalingFact =
  /** The state changed. `connected`: Sigver says that I am alone or linked with all it knows. */
  | { readonly fact: 'signaling'; readonly state: SignalingState; readonly connected: boolean }
  | {
      readonly fact: 'introduced'
      readonly peer: PeerName
      readonly others: readonly PeerName[]
      readonly favored: readonly MemberId[]
    }
  | { readonly fact: 'relayed'; readonly from: PeerName; readonly payload: Uint8Array }
  | { readonly fact: 'gone'; readonly peers: readonly PeerName[] }
  /** A TURN server that I may use. */
  | { readonly fact: 'turn'; readonly server: TurnServer }
  | { readonly fact: 'error'; readonly error: NetfluxError }
  /** Another member of the room has my id. */
  | { readonly fact: 'idTaken' }
  /** Trying again makes no sense. */
  | { readonly fact: 'refused' }

export interface SignalingOptions {
  /** With the topic in its path. */
  readonly url: string
  readonly favored: boolean
  /** The user has to be asked for one before each connection. */
  readonly needsToken: boolean
  newChannel(): ChannelId
}

export class Signaling {
  state = SignalingState.CLOSED
  private facts: SignalingFact[] = []
  private channel: ChannelId | undefined
  private hasAnnounced = false
  private token = ''
  private failures = 0
  /** Sigver went away, and said after how long to come back. */
  private returnAfter: Milliseconds | undefined
  /** When Sigver is told my members next. */
  private claimAt: Milliseconds = 0
  private claimedAt: Milliseconds = -Infinity
  private isOutageTold = false
  private connectBy: Milliseconds | undefined
  /** My first ping that was not answered. */
  private pingSince: Milliseconds | undefined

  constructor(
    private readonly context: Context,
    private readonly options: SignalingOptions,
  ) {}

  take(): readonly SignalingFact[] {
    const facts = this.facts
    if (facts.length > 0) this.facts = []
    return facts
  }

  owns(channel: ChannelId): boolean {
    return this.channel === channel
  }

  /** What this connection tells about mine. */
  get watch(): Watch {
    const { state, pingSince } = this
    if (state === SignalingState.CLOSED || state === SignalingState.CONNECTING) return 'away'
    return pingSince !== undefined && this.context.now - pingSince >= limits.silentSigver
      ? 'silent'
      : 'watching'
  }

  // ---- what the group asks

  /** Connects now, or after a pause that grows with each failure and differs from member to member. */
  connectSoon(): void {
    if (this.failures === 0) return this.connect()
    this.setTimer('reconnect', this.context.now + this.pause())
  }

  private pause(): Milliseconds {
    const { returnAfter } = this
    this.returnAfter = undefined
    if (returnAfter !== undefined) return Math.min(returnAfter, limits.reconnectMost)
    const pause = Math.min(limits.reconnect * 2 ** (this.failures - 1), limits.reconnectMost)
    const [byte = 0] = this.context.random(1)
    return pause * (1 + byte / 512)
  }

  connect(): void {
    if (this.state !== SignalingState.CLOSED) return
    this.setTimer('reconnect', undefined)
    this.channel = this.options.newChannel()
    this.hasAnnounced = false
    this.pingSince = undefined
    this.connectBy = this.context.now + limits.signalingDial
    this.become(SignalingState.CONNECTING)
    if (this.options.needsToken) this.context.out({ do: 'token', channel: this.channel })
    else this.dial(this.channel)
    this.setTimer('heartbeat', this.connectBy)
  }

  private dial(channel: ChannelId): void {
    this.context.out({ do: 'dial', channel, url: this.options.url, trust: 'user' })
  }

  /** Am I connected to everyone? These are the members that I know. */
  check(me: Identity, members: readonly PeerName[]): void {
    if (this.state !== SignalingState.OPEN && this.state !== SignalingState.CHECKED) return
    const claim = { members, check: true }
    const frame: ToServer = this.hasAnnounced ? { type: 'claim', claim } : this.announcement(me, claim)
    this.hasAnnounced = true
    this.send(frame)
    this.claimSoon(this.context.now + limits.claimEvery)
    this.become(SignalingState.CHECKING)
  }

  private announcement(me: Identity, claim: Claim): Announce {
    const { token } = this
    const { favored } = this.options
    return { type: 'announce', version: limits.PROTOCOL_VERSION, ...me, favored, claim, token }
  }

  /** A link is proven: I am connected to at least one member. */
  confirmed(): void {
    if (this.state === SignalingState.CHECKING) this.become(SignalingState.CHECKED)
  }

  /** My members changed: Sigver is told soon. */
  membersChanged(): void {
    const at = Math.max(this.context.now + limits.claimDelay, this.claimedAt + limits.claimPause)
    if (this.hasAnnounced && this.claimAt > at) this.claimSoon(at)
  }

  /** The time has come to tell them. */
  claim(members: readonly PeerName[]): void {
    if (!this.hasAnnounced) return
    this.send({ type: 'claim', claim: { members, check: false } })
    this.claimedAt = this.context.now
    this.claimSoon(this.context.now + limits.claimEvery)
  }

  relay(peer: PeerName, payload: Uint8Array): void {
    if (this.hasAnnounced) this.send({ type: 'relay', peer, payload })
  }

  unreachable(peer: PeerName): void {
    if (this.hasAnnounced) this.send({ type: 'unreachable', peer })
  }

  /** Does Sigver still answer? */
  probe(): void {
    if (this.watch === 'away' || this.pingSince !== undefined) return
    this.pingSince = this.context.now
    this.send({ type: 'ping' })
    this.setTimer('heartbeat', this.context.now + limits.heartbeatAnswer)
  }

  /** Without any report: the group leaves. */
  close(): void {
    if (this.channel !== undefined)
      this.context.out({ do: 'close', channel: this.channel, code: 1000, reason: 'left' })
    this.failures = 0
    this.returnAfter = undefined
    this.isOutageTold = false
    this.reset()
    this.become(SignalingState.CLOSED)
  }

  /** A page that sleeps and wakes, or a network that comes back, need not wait for the pause. */
  hurry(): void {
    this.failures = 0
    if (this.state === SignalingState.CLOSED) this.connect()
    else this.probe()
  }

  // ---- inputs

  handle(input: Input): void {
    switch (input.on) {
      case 'token':
        if (input.problem !== undefined) return this.giveUp('TOKEN_FAILED', input.problem)
        this.token = input.token
        return this.dial(input.channel)
      case 'opened':
        this.connectBy = undefined
        this.become(SignalingState.OPEN)
        this.probe()
        return
      case 'received':
        return this.received(input.bytes)
      case 'closed':
        return this.closed(input.code, input.reason)
    }
  }

  heartbeat(): void {
    const { now } = this.context
    const isDead =
      this.connectBy !== undefined
        ? this.connectBy <= now
        : this.pingSince !== undefined && now - this.pingSince >= limits.heartbeatAnswer
    if (isDead) this.giveUp('SIGNALING_UNREACHABLE', 'it does not answer')
    else this.probe()
  }

  private received(bytes: Uint8Array): void {
    const frame = decodeToPeer(bytes)
    if (!frame) return this.giveUp('SIGNALING_GARBAGE', 'what answers there is not a Sigver')
    this.pingSince = undefined
    this.setTimer('heartbeat', this.context.now + limits.heartbeat)
    this.onFrame(frame)
  }

  private onFrame(frame: ToPeer): void {
    switch (frame.type) {
      case 'connected':
        this.failures = 0
        this.isOutageTold = false
        if (this.state === SignalingState.CHECKING) this.become(SignalingState.CHECKED, true)
        return
      case 'introduction':
        this.failures = 0
        this.facts.push({ ...frame, fact: 'introduced' })
        return
      case 'relay':
        this.facts.push({ fact: 'relayed', from: frame.peer, payload: frame.payload })
        return
      case 'gone':
        this.facts.push({ fact: 'gone', peers: frame.peers })
        return
      case 'turn':
        this.facts.push({ fact: 'turn', server: frame })
        return
      case 'away':
        this.returnAfter = frame.after
        return
      case 'pong':
    }
  }

  private closed(code: number, reason: string): void {
    if (code === closeCodes.idTaken) this.facts.push({ fact: 'idTaken' })
    else if (isFinal(code)) {
      this.error('SIGNALING_REFUSED', `it refused: ${reason || code}`)
      this.facts.push({ fact: 'refused' })
    } else if (isCrowded(code)) this.outage('SIGNALING_FULL', reason)
    else if (meansGarbage(code)) this.outage('SIGNALING_GARBAGE', `it is not a Sigver: ${reason || code}`)
    else this.outage('SIGNALING_UNREACHABLE', reason || `closed with ${code}`)
    this.reset()
    this.failures += 1
    this.become(SignalingState.CLOSED)
  }

  private giveUp(code: ErrorCode, reason: string): void {
    if (this.channel !== undefined) this.context.out({ do: 'close', channel: this.channel })
    this.outage(code, reason)
    this.reset()
    this.failures += 1
    this.become(SignalingState.CLOSED)
  }

  private reset(): void {
    this.channel = undefined
    this.hasAnnounced = false
    this.connectBy = undefined
    this.pingSince = undefined
    for (const timer of ['heartbeat', 'claim', 'reconnect'] as const) this.setTimer(timer, undefined)
  }

  /** Told once, not at every try. */
  private outage(code: ErrorCode, reason: string): void {
    if (!this.isOutageTold) this.error(code, reason)
    this.isOutageTold = true
  }

  private error(code: ErrorCode, message: string): void {
    const where = new URL(this.options.url).host
    this.facts.push({ fact: 'error', error: new NetfluxError(code, `signaling server ${where}: ${message}`) })
  }

  private become(state: SignalingState, connected = false): void {
    if (state === this.state) return
    this.state = state
    this.facts.push({ fact: 'signaling', state, connected })
  }

  private send(frame: ToServer): void {
    if (this.channel !== undefined)
      this.context.out({ do: 'send', channel: this.channel, bytes: encodeToServer(frame) })
  }

  private claimSoon(at: Milliseconds): void {
    this.claimAt = at
    this.setTimer('claim', at)
  }

  private setTimer(timer: 'heartbeat' | 'claim' | 'reconnect', at: Milliseconds | undefined): void {
    this.context.out({ do: 'timer', timer, at })
  }
}
