// Decides who of one room is introduced to whom: answers "am I connected to everyone?" and heals a room that is in
// several parts. Called by rooms.ts. What a peer claims or reports counts for that peer only, so strangers block nobody.
import { type Component, type Components, type Introduction, Occupant } from './components.js'
import type { Milliseconds } from './contract.js'
import { entered, NOTHING, without } from './lazyMap.js'
import * as limits from './limits.js'
import type { Peer, ToPeer } from './signalingWire.js'

/** Mostly there are none: then these lists take no memory of their own. */
const NONE: readonly never[] = []

/** `claimed`: as good as connected, though not yet confirmed. */
type Tie = 'pending' | 'claimed'

export class Introductions {
  private pending: readonly Introduction[] = NONE
  private asking: readonly Occupant[] = NONE
  /** What looking at the room has cost since the last sweep. */
  private work = 0

  constructor(
    private readonly components: Components,
    private readonly tell: (occupant: Occupant, frame: ToPeer) => void,
  ) {}

  // ---- what peers do

  /** It announced itself, maybe again: what it was told on an older socket may be lost. */
  arrive(occupant: Occupant, now: Milliseconds): void {
    this.returned(occupant)
    for (const introduction of occupant.introductions.values()) {
      if (introduction.initiator === occupant) this.end(introduction)
    }
    this.claim(occupant, true, now)
  }

  /** It comes by another way, or was asleep: whom it could not reach before it may reach now. */
  returned(occupant: Occupant): void {
    for (const other of occupant.failed.keys()) other.failed = without(other.failed, occupant)
    occupant.failed = NOTHING
  }

  /** Its claims have changed, or it says them again. */
  claim(occupant: Occupant, check: boolean, now: Milliseconds): void {
    if (occupant.claims.length > 1) occupant.believedUntil = now + limits.belief
    for (const { target } of occupant.introductions.values()) {
      if (occupant.claims.includes(target)) this.hush(occupant)
    }
    if (check) this.ask(occupant, now)
    this.settle(now)
  }

  unreachable(initiator: Occupant, peer: Peer, now: Milliseconds): void {
    const target = this.components.find(peer)
    const introduction = target && initiator.introductions.get(target)
    if (introduction?.initiator !== initiator) return
    this.fail(introduction, now)
    this.settle(now)
  }

  relayed(sender: Occupant, recipient: Occupant): void {
    const introduction = recipient.introductions.get(sender)
    if (introduction?.initiator === recipient) introduction.isAnswered = true
  }

  leave(occupant: Occupant, now: Milliseconds): void {
    this.hush(occupant)
    for (const introduction of occupant.introductions.values()) this.end(introduction)
    this.returned(occupant)
    this.settle(now)
  }

  /** Called every limits.sweep. */
  sweep(now: Milliseconds): void {
    for (const occupant of this.components.all()) {
      for (const [other, until] of occupant.failed)
        if (until + limits.pairingMemory <= now) occupant.failed = without(occupant.failed, other)
    }
    this.work = 0
    this.look(now)
    this.heal(now)
    this.components.rest()
  }

  // ---- questions

  private ask(occupant: Occupant, now: Milliseconds): void {
    if (occupant.askedAt === undefined) this.asking = [...this.asking, occupant]
    occupant.askedAt ??= now
  }

  private hush(occupant: Occupant): void {
    if (occupant.askedAt !== undefined) this.asking = removed(this.asking, occupant)
    occupant.askedAt = undefined
  }

  /** Something has changed. In a room where that happens all the time the next sweep is soon enough. */
  private settle(now: Milliseconds): void {
    if (this.work >= limits.roomWork) return
    this.work += this.components.size * this.components.size
    this.look(now)
  }

  private look(now: Milliseconds): void {
    for (const introduction of this.pending) {
      const { initiator, target } = introduction
      if (this.components.of(initiator) === this.components.of(target)) this.end(introduction)
      else if (now >= deadline(introduction)) this.fail(introduction, now)
    }
    for (const occupant of this.asking) this.answer(occupant, now)
  }

  /** Answers, or leaves the question open until something changes. An introduction answers it only if it succeeds. */
  private answer(asker: Occupant, now: Milliseconds): void {
    if (attemptOf(asker)) return
    if (now - (asker.askedAt ?? now) >= limits.question) return this.connected(asker)
    const component = this.components.of(asker)
    if (this.components.list().length === 1) return this.connected(asker)
    const ties = this.tiesOf(component, now)
    const others = this.components.list().filter((other) => other !== component && !ties.has(other))
    if (others.length > 0 && isUnconfirmed(asker, now)) return
    const target = best(asker, others, now)
    if (target) this.introduce(asker, target, now)
    else if (!isHeldUp(component, ties)) this.connected(asker)
  }

  private connected(asker: Occupant): void {
    this.hush(asker)
    this.tell(asker, { type: 'connected' })
  }

  // ---- healing

  /** The smaller component initiates: strangers, who are alone, then cost the others nothing. */
  private heal(now: Milliseconds): void {
    const ranked = [...this.components.list()].sort((a, b) => b.length - a.length)
    ranked.forEach((component, rank) => {
      if (rank === 0) return
      const ties = this.tiesOf(component, now)
      const larger = ranked.slice(0, rank).filter((other) => !ties.has(other))
      if (larger.length > 0) this.introduceOne(component, larger, now)
    })
  }

  private introduceOne(component: Component, others: readonly Component[], now: Milliseconds): void {
    const idle = component.filter((occupant) => isIdle(occupant, now))
    for (const initiator of idle.sort((a, b) => load(a) - load(b))) {
      const target = best(initiator, others, now)
      if (target) return this.introduce(initiator, target, now)
    }
  }

  // ---- introductions

  private introduce(initiator: Occupant, target: Occupant, now: Milliseconds): void {
    const introduction = { initiator, target, since: now, isAnswered: false }
    this.pending = [...this.pending, introduction]
    initiator.introductions = entered(initiator.introductions, target, introduction)
    target.introductions = entered(target.introductions, initiator, introduction)
    const others = othersFor(initiator, target)
    const favored = [target, ...others].filter(({ isFavored }) => isFavored).map(({ id }) => id)
    this.tell(initiator, { type: 'introduction', peer: target, others, favored })
  }

  private end(introduction: Introduction): void {
    const { initiator, target } = introduction
    this.pending = removed(this.pending, introduction)
    initiator.introductions = without(initiator.introductions, target)
    target.introductions = without(target.introductions, initiator)
  }

  private fail(introduction: Introduction, now: Milliseconds): void {
    const { initiator, target } = introduction
    this.end(introduction)
    const until = now + limits.pairingPause
    initiator.failed = entered(initiator.failed, target, until)
    target.failed = entered(target.failed, initiator, until)
  }

  /** What is under way between this component and others. */
  private tiesOf(component: Component, now: Milliseconds): ReadonlyMap<Component, Tie> {
    const ties = new Map<Component, Tie>()
    for (const inside of component) {
      for (const outside of inside.introductions.keys()) {
        const isClaimed = inside.claims.includes(outside) || outside.claims.includes(inside)
        ties.set(this.components.of(outside), isClaimed ? 'claimed' : 'pending')
      }
      for (const outside of this.components.claimersOf(inside)) {
        if (isBelieved(outside, now)) ties.set(this.components.of(outside), 'claimed')
      }
      if (!isBelieved(inside, now)) continue
      for (const outside of inside.claims)
        if (outside instanceof Occupant) ties.set(this.components.of(outside), 'claimed')
    }
    return ties
  }
}

/** Of a list that others may be reading. */
function removed<Each>(list: readonly Each[], one: Each): readonly Each[] {
  const rest = list.filter((each) => each !== one)
  return rest.length > 0 ? rest : NONE
}

/** An answered one has the time of a whole negotiation. */
const deadline = ({ since, isAnswered }: Introduction): Milliseconds =>
  since + (isAnswered ? limits.negotiation : limits.pairing)

/** The introduction that this peer works on: only one at a time. */
function attemptOf(occupant: Occupant): Introduction | undefined {
  for (const introduction of occupant.introductions.values()) {
    if (introduction.initiator === occupant && !occupant.claims.includes(introduction.target))
      return introduction
  }
  return undefined
}

/** Whom a newcomer may dial at the same time: so many as it can, the rest it hears of from the first. */
function othersFor(initiator: Occupant, target: Occupant): readonly Occupant[] {
  if (!isAlone(initiator.component)) return []
  return target.component.filter((occupant) => occupant !== target).slice(0, limits.dials - 1)
}

const isAlone = (component: Component): boolean => component.length === 1

/** Who is alone should not be told so while someone is on the way; the others have nothing to wait for. */
const isHeldUp = (component: Component, ties: ReadonlyMap<Component, Tie>): boolean =>
  isAlone(component) && [...ties.values()].includes('pending')

/** Who is alone may claim what the other side will confirm in a moment. */
const isBelieved = (occupant: Occupant, now: Milliseconds): boolean =>
  now < occupant.believedUntil && isAlone(occupant.component)

/** It claims peers who may just not have come yet, as after a restart of Sigver. */
const isUnconfirmed = (occupant: Occupant, now: Milliseconds): boolean =>
  now < occupant.believedUntil && occupant.confirmed < occupant.claims.length

const isIdle = (occupant: Occupant, now: Milliseconds): boolean =>
  !attemptOf(occupant) && !isUnconfirmed(occupant, now)

const load = ({ introductions, failed }: Occupant): number => introductions.size + failed.size

/** They could not connect a short while ago. */
const isPaused = (asker: Occupant, candidate: Occupant, now: Milliseconds): boolean =>
  (asker.failed.get(candidate) ?? 0) > now

/**
 * Whom to introduce: favored ones first, then one of the largest component, then whom this peer has not tried, or longest
 * ago, then the least busy, then the oldest.
 */
function best(asker: Occupant, components: readonly Component[], now: Milliseconds): Occupant | undefined {
  let best: Occupant | undefined
  let most = 0
  for (const component of components) {
    // Each failure halves what a component counts: no crowd of strangers stays in front for long.
    const failures = component.filter((occupant) => isPaused(asker, occupant, now)).length
    for (const candidate of component) {
      if (isPaused(asker, candidate, now)) continue
      const weight = (component.length + (candidate.isFavored ? limits.members : 0)) / 2 ** failures
      if (weight < most || (weight === most && best && !isFresher(asker, candidate, best))) continue
      best = candidate
      most = weight
    }
  }
  return best
}

function isFresher(asker: Occupant, a: Occupant, b: Occupant): boolean {
  const [failedA, failedB] = [asker.failed.get(a) ?? 0, asker.failed.get(b) ?? 0]
  return failedA === failedB ? load(a) < load(b) : failedA < failedB
}
