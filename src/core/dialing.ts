// Gets direct links: runs negotiations with other members, through Sigver at first, later through the mesh. Held by mesh.ts.
// One at a time per member and role; what both sides dial at once is settled by links.ts when it is proven.
import { equalBytes } from '@noble/ciphers/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Incarnation, MemberId, Milliseconds } from './contract.js'
import type { Graph } from './graph.js'
import * as limits from './limits.js'
import type { Link, PeerName } from './link.js'
import type { LinkContext, LinkFact, Links } from './links.js'
import {
  BROWSER,
  merge,
  nextStep,
  other,
  type Role,
  type Side,
  type Sides,
  UNKNOWN,
  withReason,
} from './negotiation.js'
import type { Paths } from './paths.js'
import { peerCloseCodes } from './peerCloseCodes.js'
import { type NegotiationMessage, type NegotiationStep, seal, unseal } from './sealing.js'

/** How the messages of a negotiation travel. */
export type Via = 'sigver' | 'mesh'

export type DialingFact =
  /** Hand this to the peer through Sigver. */
  | { readonly fact: 'relay'; readonly peer: PeerName; readonly payload: Uint8Array }
  /** A negotiation that I began ended; `reason` undefined: with a link. */
  | {
      readonly fact: 'dialed'
      readonly peer: PeerName
      /** Sigver waits to hear what becomes of it. */
      readonly isIntroduced: boolean
      readonly reason: string | undefined
    }
  /** Someone who does not know the key sent a negotiation. */
  | { readonly fact: 'stranger'; readonly id: MemberId }

interface Dial {
  readonly peer: PeerName
  readonly role: Role
  readonly attempt: number
  readonly deadline: Milliseconds
  /** The other side has to say something by then. */
  answerBy: Milliseconds | undefined
  /** Sigver waits to hear what becomes of it. */
  readonly isIntroduced: boolean
  via: Via
  sides: Sides
  /** The link that is being tried now, whoever dialed it. */
  link: Link | undefined
  offer: string
  /** What I said about this link. Messages can be lost on their way: the offerer repeats itself, the answerer then, too. */
  said: NegotiationStep[]
  /** The offerer repeats at this time, unless it was answered. */
  repeatAt: Milliseconds | undefined
}

interface Pause {
  readonly until: Milliseconds
  readonly pause: Milliseconds
}

const utf8 = new TextEncoder()

export class Dialing {
  private readonly dials = new Map<string, Dial>()
  private attempts = 0
  /** The last negotiation that each incarnation began: an older message is a replay. */
  private readonly lastAttempt = new Map<Incarnation, number>()
  private readonly pauses = new Map<MemberId, Pause>()

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly graph: Graph,
    private readonly paths: Paths,
    private readonly report: (fact: DialingFact) => void,
  ) {}

  /** Sigver introduced this member to me. To the `others`, who are connected with it, I need not wait for a path. */
  introduce(peer: PeerName, others: readonly PeerName[] = [], favored: readonly MemberId[] = []): void {
    const sideOf = ({ id }: PeerName) => (favored.includes(id) ? UNKNOWN : BROWSER)
    this.begin(peer, 'sigver', sideOf(peer))
    for (const other of others) {
      const isKnown = this.isDialing(other.id) || this.links.to(other.id) || other.id === this.context.me.id
      if (!isKnown && this.dials.size < limits.dials) this.begin(other, 'sigver', sideOf(other), false)
    }
  }

  /** There will be a link to this member in a moment, or not for some time. */
  hasJustBegun(id: MemberId): boolean {
    const dial = this.dials.get(key(id, 'initiator')) ?? this.dials.get(key(id, 'responder'))
    return dial !== undefined && dial.deadline - this.context.now > limits.negotiation - limits.reopen
  }

  private isDialing(id: MemberId): boolean {
    return this.dials.has(key(id, 'initiator')) || this.dials.has(key(id, 'responder'))
  }

  /** Begins with the members whom I should be linked with: the smaller id of a pair does, and the other one if that takes too long. */
  seek(): void {
    const { me, now } = this.context
    for (const id of this.paths.reachable) {
      if (this.dials.size >= limits.dials) return
      const known = this.graph.get(id)
      if (!known || this.links.to(id) || this.dials.has(key(id, 'initiator'))) continue
      const pause = this.pauses.get(id) ?? this.firstPause(id)
      const isWaiting =
        me.id < id || known.url !== '' ? pause.until > now : pause.until + limits.redialOther > now
      if (isWaiting || this.dials.has(key(id, 'responder'))) continue
      this.begin(known, 'mesh', { ...UNKNOWN, known: true, url: known.url, rtc: known.rtc })
    }
  }

  get isIdle(): boolean {
    return this.dials.size === 0
  }

  /** Nothing more is begun or answered. */
  stop(): void {
    this.dials.clear()
  }

  /** The network changed: what failed may work now. */
  forgetPauses(): void {
    this.pauses.clear()
  }

  /** A sealed message from this member. False if its seal is broken. */
  onSignal(from: MemberId, payload: Uint8Array, via: Via): boolean {
    const { me } = this.context
    const message = unseal(me.secrets.seal, from, me.id, payload)
    if (!message) {
      this.report({ fact: 'stranger', id: from })
      const dial = this.dials.get(key(from, 'initiator'))
      if (dial?.answerBy !== undefined) this.finish(dial, 'it does not know the key')
      return false
    }
    if (message.peerIncarnation !== me.incarnation) return true // for an earlier life of mine
    const dial = this.dialOf(from, message, via)
    if (!dial) return true
    dial.answerBy = undefined
    dial.via = via
    dial.sides = merge(dial.sides, message.sides, dial.role)
    this.take(dial, message.step)
    return true
  }

  /** io made the description that was asked for. */
  described(link: Link, sdp: string): void {
    const dial = this.dialWith(link)
    if (!dial || sdp.length > limits.sdp) return
    if (link.role === 'dialer') {
      dial.offer = sdp
      dial.repeatAt = this.context.now + limits.repeat
      this.say(dial, { type: 'offer', link: link.name.attempt, sdp })
    } else
      this.say(dial, {
        type: 'answer',
        link: link.name.attempt,
        sdp,
        offerHash: sha256(utf8.encode(dial.offer)),
      })
  }

  candidates(link: Link, candidates: readonly string[]): void {
    const dial = this.dialWith(link)
    const { dialer, attempt } = link.name
    if (dial) this.say(dial, { type: 'candidates', link: attempt, dialer, candidates })
  }

  onLink(fact: LinkFact): void {
    if (fact.fact === 'proven') return this.onProven(fact.link)
    const dial = this.dialWith(fact.link)
    if (!dial || fact.fact !== 'failed') return
    dial.link = undefined
    dial.said = []
    dial.repeatAt = undefined
    if (fact.link.role === 'dialer') this.tried(dial, fact.link.kind, fact.reason)
    else {
      const { dialer, attempt } = fact.link.name
      this.send(dial, { type: 'failed', link: attempt, dialer, reason: fact.reason })
    }
  }

  tick(): void {
    const { now } = this.context
    for (const dial of [...this.dials.values()])
      if (dial.deadline <= now) this.finish(dial, 'it took too long')
      else if (dial.answerBy !== undefined && dial.answerBy <= now) this.finish(dial, 'it does not answer')
      else if (dial.repeatAt !== undefined && dial.repeatAt <= now) this.repeat(dial)
    this.seek()
  }

  // ---- beginning and ending

  private begin(peer: PeerName, via: Via, them: Side, isIntroduced = via === 'sigver'): void {
    const sides = { initiator: this.myself(), responder: them }
    const dial = this.newDial(peer, 'initiator', ++this.attempts, via, sides)
    const answerBy = via === 'sigver' ? this.context.now + limits.introduction : undefined
    this.replace({ ...dial, isIntroduced, answerBy })
  }

  private newDial(peer: PeerName, role: Role, attempt: number, via: Via, sides: Sides): Dial {
    const { id, incarnation } = peer
    const deadline = this.context.now + limits.negotiation
    return {
      peer: { id, incarnation },
      role,
      attempt,
      deadline,
      answerBy: undefined,
      isIntroduced: false,
      via,
      sides,
      link: undefined,
      offer: '',
      said: [],
      repeatAt: undefined,
    }
  }

  private replace(dial: Dial): void {
    const name = key(dial.peer.id, dial.role)
    const old = this.dials.get(name)
    this.dials.set(name, dial)
    if (old?.link) this.links.drop(old.link, peerCloseCodes.double, 'a newer negotiation began')
    if (dial.role === 'initiator') this.goOn(dial)
  }

  private myself(): Side {
    const { url, capabilities } = this.context
    return { ...UNKNOWN, known: true, url, rtc: capabilities.rtc, triedWebSocket: !capabilities.webSocket }
  }

  private dialOf(from: MemberId, message: NegotiationMessage, via: Via): Dial | undefined {
    const role: Role = message.fromInitiator ? 'responder' : 'initiator'
    const dial = this.dials.get(key(from, role))
    if (dial?.attempt === message.attempt && dial.peer.incarnation === message.incarnation) return dial
    if (role === 'initiator' || message.attempt <= (this.lastAttempt.get(message.incarnation) ?? 0))
      return undefined
    this.remember(message)
    const sides = { initiator: UNKNOWN, responder: this.myself() }
    const fresh = this.newDial(
      { id: from, incarnation: message.incarnation },
      role,
      message.attempt,
      via,
      sides,
    )
    this.replace(fresh)
    return fresh
  }

  private remember(message: NegotiationMessage): void {
    this.lastAttempt.delete(message.incarnation)
    this.lastAttempt.set(message.incarnation, message.attempt)
    if (this.lastAttempt.size <= 2 * limits.members) return
    const [oldest] = this.lastAttempt.keys()
    if (oldest !== undefined) this.lastAttempt.delete(oldest)
  }

  private dialWith(link: Link): Dial | undefined {
    for (const dial of this.dials.values()) if (dial.link === link) return dial
    return undefined
  }

  private onProven(link: Link): void {
    if (!link.peer) return
    this.pauses.delete(link.peer.id)
    for (const role of ['initiator', 'responder'] as const) {
      const dial = this.dials.get(key(link.peer.id, role))
      // What another dial has under way goes on: links.ts settles doubles when they are proven.
      if (dial && (dial.link === link || dial.link === undefined)) this.finish(dial, undefined)
    }
  }

  private finish(dial: Dial, reason: string | undefined): void {
    this.dials.delete(key(dial.peer.id, dial.role))
    if (reason !== undefined && dial.link) this.links.drop(dial.link, peerCloseCodes.tooSlow, reason)
    if (dial.role === 'responder') return
    if (reason !== undefined) this.pause(dial.peer.id)
    this.report({ fact: 'dialed', peer: dial.peer, isIntroduced: dial.isIntroduced, reason })
  }

  private pause(id: MemberId): void {
    const last = this.pauses.get(id)?.pause ?? 0
    const pause = Math.min(last === 0 ? limits.redial : last * 2, limits.redialMost)
    this.pauses.set(id, { until: this.context.now + pause, pause })
  }

  /** When this member became known: the larger id gives the smaller one some time from then on. */
  private firstPause(id: MemberId): Pause {
    const pause = { until: this.context.now, pause: 0 }
    this.pauses.set(id, pause)
    return pause
  }

  // ---- one step after the other

  private take(dial: Dial, step: NegotiationStep): void {
    switch (step.type) {
      case 'turn':
        return this.onTurn(dial)
      case 'offer':
        return this.onOffer(dial, step.link, step.sdp)
      case 'answer':
        return this.onAnswer(dial, step)
      case 'candidates': {
        const link = this.links.named({ dialer: step.dialer, attempt: step.link })
        if (link && link === dial.link)
          this.context.out({ do: 'candidates', channel: link.channel, candidates: step.candidates })
        return
      }
      case 'failed': {
        const link = this.links.named({ dialer: step.dialer, attempt: step.link })
        if (link && link === dial.link && link.role === 'dialer')
          this.links.drop(link, 0, `the other side says: ${step.reason}`)
      }
    }
  }

  /**
   * What the other side dialed came to nothing there: my end of it is of no use, even if I have not heard of that yet. Or it
   * cannot take what I offered before I knew.
   */
  private onTurn(dial: Dial): void {
    const { link } = dial
    if (link?.role === 'dialer' && (link.kind === 'websocket' || dial.sides[other(dial.role)].rtc)) return
    dial.link = undefined
    dial.said = []
    dial.repeatAt = undefined
    if (link) this.links.drop(link, 0, 'given up')
    this.goOn(dial)
  }

  private onOffer(dial: Dial, attempt: number, sdp: string): void {
    if (dial.link && dial.offer === sdp) return this.repeat(dial)
    if (dial.link) return
    if (!this.context.capabilities.rtc) return this.goOn(dial)
    dial.offer = sdp
    dial.link = this.links.answer(dial.peer, { dialer: dial.peer.id, attempt }, sdp)
  }

  private onAnswer(dial: Dial, step: NegotiationStep & { type: 'answer' }): void {
    const link = dial.link
    if (link?.role !== 'dialer' || link.name.attempt !== step.link) return
    if (!equalBytes(step.offerHash, sha256(utf8.encode(dial.offer)))) return
    if (dial.repeatAt === undefined) return
    dial.repeatAt = undefined
    this.context.out({ do: 'settle', channel: link.channel, sdp: step.sdp })
  }

  private goOn(dial: Dial): void {
    const them = dial.sides[other(dial.role)]
    switch (nextStep(dial.sides, dial.role)) {
      case 'dial-websocket':
        dial.link = this.links.dialWebSocket(dial.peer, them.url)
        return
      case 'dial-rtc':
        dial.link = this.links.offer(dial.peer)
        return
      case 'pass':
        this.send(dial, { type: 'turn' })
        // The initiator has nothing left to try, and will not say so.
        if (dial.role === 'responder' && nextStep(dial.sides, 'initiator') === 'fail')
          this.finish(dial, reasons(dial.sides))
        return
      case 'fail':
        return this.finish(dial, reasons(dial.sides))
    }
  }

  private tried(dial: Dial, kind: Link['kind'], reason: string): void {
    const mine = dial.sides[dial.role]
    const side: Side = {
      ...mine,
      triedWebSocket: mine.triedWebSocket || kind === 'websocket',
      triedRtc: mine.triedRtc || kind === 'datachannel',
      reason: withReason(mine, `${kind}: ${reason}`),
    }
    dial.sides =
      dial.role === 'initiator' ? { ...dial.sides, initiator: side } : { ...dial.sides, responder: side }
    this.goOn(dial)
  }

  /** Something about the present link, which may have to be repeated. */
  private say(dial: Dial, step: NegotiationStep): void {
    dial.said.push(step)
    this.send(dial, step)
  }

  private repeat(dial: Dial): void {
    if (dial.repeatAt !== undefined) dial.repeatAt = this.context.now + limits.repeat
    for (const step of dial.said) this.send(dial, step)
  }

  private send(dial: Dial, step: NegotiationStep): void {
    const { me } = this.context
    const message: NegotiationMessage = {
      incarnation: me.incarnation,
      peerIncarnation: dial.peer.incarnation,
      attempt: dial.attempt,
      fromInitiator: dial.role === 'initiator',
      sides: dial.sides,
      step,
    }
    const payload = seal(me.secrets.seal, this.context.random(24), me.id, dial.peer.id, message)
    if (dial.via === 'sigver') this.report({ fact: 'relay', peer: dial.peer, payload })
    else this.paths.send(dial.peer.id, { type: 'signal' }, payload)
  }
}

function key(id: MemberId, role: Role): string {
  return `${role} ${id}`
}

function reasons(sides: Sides): string {
  const told = [
    sides.initiator.reason && `mine: ${sides.initiator.reason}`,
    sides.responder.reason && `theirs: ${sides.responder.reason}`,
  ].filter((text) => text)
  return told.length > 0 ? told.join('; ') : 'no transport that both sides have'
}
