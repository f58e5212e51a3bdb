// Sigver's rooms under random inputs: nothing throws, every question is answered in time, and honest peers find each
// other whatever strangers do. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { OTHER_TOPIC, Stage, TOPIC } from './roomsStage.js'

const isIntroduction = (word: string) => word.startsWith('introduction ')
const idIn = (word: string) => Number(word.split(' ')[1])

// ---- any inputs

/** The longest that a question may wait: the last introduction before limits.question turns out to be a slow one. */
const PATIENCE = limits.question + limits.negotiation + limits.sweep

const anyId = fc.integer({ min: 1, max: 6 })
const anyIds = fc.array(anyId, { maxLength: 6, size: 'max' })

type Step = (stage: Stage, asked: Map<number, number>) => void

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      id: anyId,
      members: anyIds,
      favored: fc.boolean(),
      topic: fc.constantFrom(TOPIC, TOPIC, OTHER_TOPIC),
      life: fc.constantFrom(0, 0, 1),
    })
    .map(({ id, ...announcing }): Step => (stage, asked) => {
      stage.accept(id, announcing.topic)
      stage.announce(id, announcing)
      asked.set(stage.channelOf(id), stage.now)
    }),
  fc.tuple(anyId, anyIds, fc.boolean()).map(([id, members, check]): Step => (stage, asked) => {
    stage.claim(id, members, check)
    if (check && !asked.has(stage.channelOf(id))) asked.set(stage.channelOf(id), stage.now)
  }),
  anyIds.map(
    (ids): Step =>
      (stage) =>
        stage.link(...ids),
  ),
  fc.tuple(anyId, anyId).map(
    ([id, peer]): Step =>
      (stage) =>
        stage.unreachable(id, peer),
  ),
  fc.tuple(anyId, anyId).map(
    ([id, peer]): Step =>
      (stage) =>
        stage.relay(id, peer, 'x'),
  ),
  anyId.map(
    (id): Step =>
      (stage) =>
        stage.leave(id),
  ),
  fc.tuple(anyId, fc.uint8Array({ maxLength: 20 })).map(
    ([id, bytes]): Step =>
      (stage) =>
        stage.sayBytes(id, bytes),
  ),
  fc.constant<Step>((stage) => stage.accept(7)),
  fc.nat(4000).map(
    (milliseconds): Step =>
      (stage) =>
        stage.pass(milliseconds),
  ),
  fc.nat(200).map(
    (milliseconds): Step =>
      (stage) =>
        stage.pass(milliseconds),
  ),
)

/** Every channel that has asked and was not answered since must have asked recently. */
function checkPatience(stage: Stage, asked: Map<number, number>): void {
  for (const [channel, since] of asked) {
    const id = [1, 2, 3, 4, 5, 6].find((id) => stage.channelOf(id) === channel)
    const isAnswered = id === undefined || !stage.isOpen(id) || stage.heard(id).length > 0
    if (isAnswered) asked.delete(channel)
    else assert.ok(stage.now - since <= PATIENCE, `${id} has waited since ${since}, now it is ${stage.now}`)
  }
}

test('no inputs make it throw, and every question is answered in time', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80, size: 'max' }), (steps) => {
      const stage = new Stage()
      const asked = new Map<number, number>()
      for (const step of steps) {
        step(stage, asked)
        checkPatience(stage, asked)
      }
      for (const id of [1, 2, 3, 4, 5, 6]) stage.say(id, { type: 'ping' })
    }),
    { numRuns: 500 },
  )
})

test('when all sockets have closed, no timer is left', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), (steps) => {
      const stage = new Stage()
      for (const step of steps) step(stage, new Map())
      stage.closeAll()
      assert.deepEqual([...stage.timers], [])
    }),
  )
})

// ---- honest peers among strangers

interface Guest {
  readonly at: number
  readonly isHonest: boolean
  readonly favored: boolean
  /** How long it takes to link, or to claim. */
  readonly delay: number
  /** A stranger's claims: everyone, nobody or the like. */
  readonly lies: readonly number[]
}

const anyGuest: fc.Arbitrary<Guest> = fc.record({
  at: fc.nat(3000),
  isHonest: fc.boolean(),
  favored: fc.boolean(),
  delay: fc.integer({ min: 1, max: 1500 }),
  lies: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8, size: 'max' }),
})

/** A group of honest peers that link when introduced, and strangers that only lie. */
class Party {
  private readonly stage = new Stage()
  private readonly plans: { readonly at: number; readonly act: () => void }[] = []
  /** By honest peer: all whom it is linked with. The peers of one set share it. */
  private readonly groups = new Map<number, Set<number>>()
  private readonly attempts = new Map<number, number>()

  constructor(private readonly guests: readonly Guest[]) {
    guests.forEach((guest, i) => this.plan(guest.at, () => this.enter(i + 1, guest)))
  }

  /** Until all honest peers are together. */
  run(end: number): void {
    while (this.stage.now < end) {
      this.stage.pass(10)
      this.guests.forEach((guest, i) => this.listen(i + 1, guest))
      const due = this.plans.filter(({ at }) => at <= this.stage.now)
      for (const plan of due) this.plans.splice(this.plans.indexOf(plan), 1)
      for (const { act } of due) act()
      if (this.stage.now % 10_000 === 0) this.pingAll()
    }
  }

  get parts(): readonly (readonly number[])[] {
    return [...new Set(this.groups.values())].map((ids) => [...ids])
  }

  private plan(delay: number, act: () => void): void {
    this.plans.push({ at: this.stage.now + delay, act })
  }

  private enter(id: number, guest: Guest): void {
    const { isHonest, favored } = guest
    if (isHonest) this.groups.set(id, new Set([id]))
    this.stage.accept(id)
    this.stage.announce(id, { favored, members: isHonest ? [] : guest.lies })
    if (!isHonest) this.plan(guest.delay, () => this.lie(id, guest))
  }

  private lie(id: number, guest: Guest): void {
    this.stage.claim(id, guest.lies, guest.favored)
    this.plan(guest.delay + 1000, () => this.lie(id, guest))
  }

  private listen(id: number, guest: Guest): void {
    for (const word of this.stage.heard(id)) {
      assert.ok(!word.startsWith('closed'), `${id} was ${word}`)
      if (guest.isHonest && isIntroduction(word)) this.meet(id, idIn(word), guest)
    }
  }

  private meet(id: number, peer: number, { delay }: Guest): void {
    assert.notEqual(id, peer)
    this.attempts.set(id, peer)
    if (this.groups.has(peer)) return this.plan(delay, () => this.link(id, peer))
    this.plan(limits.introduction, () => {
      if (this.attempts.get(id) === peer) this.stage.unreachable(id, peer)
    })
  }

  private link(id: number, peer: number): void {
    const all = new Set([...this.groupOf(id), ...this.groupOf(peer)])
    for (const member of all) this.groups.set(member, all)
    this.claim(id, true)
    for (const member of all) this.plan(limits.claimDelay, () => this.claim(member, false))
  }

  private claim(id: number, check: boolean): void {
    this.stage.claim(
      id,
      [...this.groupOf(id)].filter((other) => other !== id),
      check,
    )
  }

  private groupOf(id: number): ReadonlySet<number> {
    return this.groups.get(id) ?? new Set()
  }

  private pingAll(): void {
    this.guests.forEach((_, i) => this.stage.say(i + 1, { type: 'ping' }))
  }
}

test('honest peers come together, whatever strangers claim', () => {
  fc.assert(
    fc.property(fc.array(anyGuest, { minLength: 2, maxLength: 8, size: 'max' }), (guests) => {
      const party = new Party(guests)
      party.run(60_000)
      assert.ok(party.parts.length <= 1, JSON.stringify(party.parts))
    }),
    { numRuns: 200 },
  )
})
