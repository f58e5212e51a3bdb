// Two members that were introduced to each other, one or both of them, and everything that is underway between them in any
// order: at most one link stays, nothing is tried twice, and nothing hangs. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { type Kind, type MemberOptions, MeshStage } from './meshStage.js'

interface Pair {
  readonly members: readonly [MemberOptions, MemberOptions]
  /** Attempts that come to something, by dialer and kind. */
  readonly works: readonly string[]
}

const ATTEMPTS = ['1 websocket', '2 websocket', '1 rtc', '2 rtc'] as const
// Mostly able to do everything: the more ways there are, the more of them meet.
const mostly = fc.constantFrom(true, true, true, false)
const anyMember = fc.record({ listens: fc.boolean(), rtc: mostly })
const anyPair: fc.Arbitrary<Pair> = fc.record({
  members: fc.tuple(anyMember, anyMember),
  works: fc.oneof(
    { weight: 2, arbitrary: fc.subarray([...ATTEMPTS]) },
    { weight: 2, arbitrary: fc.constantFrom(...ATTEMPTS).map((attempt) => [attempt]) },
    { weight: 1, arbitrary: fc.constant([...ATTEMPTS]) },
  ),
})

const stageOf = ({ members, works }: Pair): MeshStage =>
  new MeshStage(members, (dialer, _, kind) => works.includes(`${dialer} ${kind}`))

/** Whether anything that the two can try comes to something. */
function isPossible({ members: [a, b], works }: Pair): boolean {
  const possible = [
    ...(b.listens ? ['1 websocket'] : []),
    ...(a.listens ? ['2 websocket'] : []),
    ...(a.rtc && b.rtc ? ['1 rtc', '2 rtc'] : []),
  ]
  return possible.some((attempt) => works.includes(attempt))
}

type Action = (stage: MeshStage) => void

const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })
const introduction = fc
  .constantFrom([1, 2] as const, [2, 1] as const)
  .map(([from, to]) =>
    named(`introduce ${to} to ${from}`, (stage) => stage.member(from).introduce(stage.member(to))),
  )
const arrival = fc.nat(9).map((choice) => named(`step ${choice}`, (stage) => void stage.step(choice)))
const loss = fc.nat(9).map((choice) => named(`lose ${choice}`, (stage) => stage.lose(choice)))
const repetition = fc.nat(9).map((choice) => named(`repeat ${choice}`, (stage) => stage.repeat(choice)))
const passing = fc.nat(4_000).map((time) => named(`pass ${time}`, (stage) => stage.pass(time)))

const stepsOf = (...actions: fc.WeightedArbitrary<Action>[]) =>
  fc.array(fc.oneof(...actions), { maxLength: 60, size: 'max' })

/** Longer than a negotiation, and than what follows when its last messages are lost. */
const PATIENCE = 2 * limits.negotiation + limits.rtcDial

function assertOneOrNone(stage: MeshStage): boolean {
  const [a, b] = [stage.member(1), stage.member(2)]
  const count = stage.world.linksBetween(1, 2)
  assert.ok(count <= 1, `${count} links`)
  assert.deepEqual(
    [a.mesh.view.isLinked(b.name), b.mesh.view.isLinked(a.name)],
    [count === 1, count === 1],
    'the two do not agree on their link',
  )
  assert.deepEqual(stage.world.dialing, [], 'an attempt hangs')
  return count === 1
}

function assertTried(stage: MeshStage, introductions: number): void {
  for (const { id, tries } of stage.members)
    for (const kind of ['websocket', 'rtc'] as Kind[])
      assert.ok(tries[kind] <= introductions, `${id} tried ${kind} ${tries[kind]} times for ${introductions}`)
}

test('in any order of what arrives, two members try everything at most once and end with one link if one is possible', () => {
  fc.assert(
    fc.property(
      anyPair,
      fc.constantFrom([1], [1, 2], [2, 1]),
      fc.array(fc.nat(9), { maxLength: 60, size: 'max' }),
      fc.nat(12),
      (pair, initiators, choices, when) => {
        const stage = stageOf(pair)
        const introduce = (from = 1) => stage.member(from).introduce(stage.member(3 - from))
        introduce(initiators[0])
        choices.forEach((choice, i) => {
          if (i === when && initiators[1]) introduce(initiators[1])
          stage.step(choice)
        })
        if (initiators[1] && when >= choices.length) introduce(initiators[1])
        stage.settle(PATIENCE)
        assert.equal(assertOneOrNone(stage), isPossible(pair))
        assertTried(stage, initiators.length)
        for (const { facts } of stage.members) assert.ok(!facts.some(({ fact }) => fact === 'error'))
      },
    ),
    { numRuns: 100 },
  )
})

test('every introduction ends, with a link or with a reason', () => {
  fc.assert(
    fc.property(anyPair, fc.array(fc.nat(9), { maxLength: 40 }), (pair, choices) => {
      const stage = stageOf(pair)
      stage.member(1).introduce(stage.member(2))
      choices.forEach((choice) => stage.step(choice))
      stage.settle(limits.negotiation + limits.tick)
      const ends = stage.member(1).facts.flatMap((fact) => (fact.fact === 'dialed' ? [fact] : []))
      assert.equal(ends.length, 1)
      assert.equal(ends[0]?.reason === undefined, isPossible(pair))
    }),
    { numRuns: 60 },
  )
})

test('whatever is lost, repeated or comes late, and however often they are introduced, nothing hangs, and the next time works', () => {
  const steps = stepsOf(
    { weight: 1, arbitrary: introduction },
    { weight: 8, arbitrary: arrival },
    { weight: 2, arbitrary: loss },
    { weight: 2, arbitrary: repetition },
    { weight: 2, arbitrary: passing },
  )
  fc.assert(
    fc.property(anyPair, steps, (pair, actions) => {
      const stage = stageOf(pair)
      for (const action of actions) action(stage)
      stage.settle(PATIENCE)
      assertOneOrNone(stage)
      stage.member(1).introduce(stage.member(2))
      stage.settle(PATIENCE)
      assert.equal(assertOneOrNone(stage), isPossible(pair))
    }),
    { numRuns: 100 },
  )
})

test('a link that one end has lost is replaced by one other, whenever the other end hears of the loss', () => {
  fc.assert(
    fc.property(
      anyPair,
      fc.constantFrom([1, 2] as const, [2, 1] as const),
      fc.array(fc.nat(9), { maxLength: 30, size: 'max' }),
      fc.nat(30),
      (pair, [knows, hears], choices, when) => {
        const stage = stageOf(pair)
        stage.member(1).introduce(stage.member(2))
        stage.settle(PATIENCE)
        stage.world.cut(1, 2, knows)
        stage.stepTo(knows)
        stage.member(knows).introduce(stage.member(hears))
        choices.forEach((choice, i) => {
          if (i === when) stage.world.hangUp(hears)
          stage.step(choice)
        })
        stage.world.hangUp(hears)
        stage.settle(PATIENCE)
        assert.equal(assertOneOrNone(stage), isPossible(pair))
      },
    ),
    { numRuns: 60 },
  )
})
