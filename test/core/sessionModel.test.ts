// A session over a path that loses, repeats, delays, reorders and changes, against a model: two lists, of what was sent
// and of what came. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'
import { type End, SessionStage } from './sessionStage.js'

type Action = (stage: SessionStage, end: End) => void

const anySize = fc.oneof(
  { weight: 12, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.constantFrom(15_994, 15_995, 15_996, 16_001) },
  { weight: 1, arbitrary: fc.constantFrom(48_000, 48_002, 150_000) },
)

/** fast-check shows it by this name. */
const step = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })

const sending = fc
  .record({ size: anySize, isText: fc.boolean(), ordered: fc.constantFrom(true, true, false) })
  .map(({ size, isText, ordered }) =>
    step(`send ${size} ${isText ? 'text' : 'bytes'} ${ordered ? '' : 'unordered'}`, (stage, end) =>
      end.send(stage.content(size, isText), ordered),
    ),
  )

const often = (weight: number, name: string, action: Action): fc.WeightedArbitrary<Action> => ({
  weight,
  arbitrary: fc.constant(step(name, action)),
})

/** With any of the frames that are underway. */
const withAny = (
  weight: number,
  name: string,
  act: (stage: SessionStage, end: End, index: number) => void,
) => ({
  weight,
  arbitrary: fc.nat(50).map((index) => step(`${name} ${index}`, (stage, end) => act(stage, end, index))),
})

/** What may happen to a session that both ends keep. */
const happenings: fc.WeightedArbitrary<Action>[] = [
  { weight: 6, arbitrary: sending },
  often(3, 'turn', (_, end) => end.traffic.outbox.turnEnded()),
  often(8, 'deliver the first', (stage, end) => stage.deliver(end, 0)),
  withAny(2, 'deliver', (stage, end, index) => stage.deliver(end, index)),
  withAny(2, 'lose', (_, end, index) => end.path.underway.splice(index, 1)),
  withAny(2, 'repeat', (_, { path: { underway } }, index) =>
    underway.push(...underway.slice(index, index + 1)),
  ),
  often(1, 'change the path', (_, end) => {
    end.path.change()
    end.traffic.outbox.reroute()
  }),
  often(2, 'drain', (_, end) => end.traffic.outbox.pump(end.path.drain())),
  { weight: 3, arbitrary: fc.nat(1_500).map((ms) => step(`pass ${ms}`, (stage) => stage.pass(ms))) },
]

/** One end forgets the other, as after a long silence, and meets it again at its next tick. */
const forgetting = step('forget', (_, end) => {
  if (end.session?.isOpen) end.traffic.end(end.session, 'silent')
})

const plan = (actions: readonly fc.WeightedArbitrary<Action>[], maxLength: number) =>
  fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.oneof(...actions)), {
    maxLength,
    size: 'max',
  })

function assertCounted(end: End): void {
  const { outbox } = end.traffic
  const blocks = end.session?.queued ?? 0
  assert.equal(outbox.backlog, blocks, 'what waits for its acknowledgement is counted wrongly')
  for (const { inFlight, queued } of Object.values(end.session?.out ?? {}))
    assert.ok(inFlight >= 0 && inFlight <= queued, `${inFlight} bytes in flight of ${queued}`)
}

function play(stage: SessionStage, steps: readonly (readonly [0 | 1, Action])[]): void {
  for (const [which, action] of steps) {
    action(stage, stage.ends[which])
    stage.ends.forEach(assertCounted)
  }
}

/** Of what was sent in the sessions of now, everything came. */
function assertComplete(stage: SessionStage): void {
  for (const end of stage.ends) {
    const other = stage.other(end)
    const sent = end.sent.filter(({ tag }) => tag === end.session?.tag)
    const came = other.received.get(other.session?.tag ?? 0) ?? []
    assert.equal(came.length, sent.length, `${sent.length} were sent, ${came.length} came`)
    assert.deepEqual([end.session?.queued, end.traffic.outbox.backlog], [0, 0])
  }
}

test('whatever the path does, messages arrive in order, once and unchanged, and in the end all of them', () => {
  fc.assert(
    fc.property(plan(happenings, 120), (steps) => {
      const stage = new SessionStage()
      stage.settle(() => stage.isSettled)
      play(stage, steps)
      stage.settle(() => stage.isSettled)
      assertComplete(stage)
      for (const end of stage.ends) assert.deepEqual(end.endings, [], 'the session lasts')
    }),
    { numRuns: 250 },
  )
})

test('what was lost on an old path is sent again over the new one without waiting', () => {
  fc.assert(
    fc.property(plan(happenings, 60), (steps) => {
      const stage = new SessionStage()
      stage.settle(() => stage.isSettled)
      play(stage, steps)
      for (const { path, traffic } of stage.ends) {
        path.underway.length = 0
        traffic.outbox.turnEnded()
        path.change()
        traffic.outbox.reroute()
      }
      for (let rounds = 0; rounds < 100; rounds++) stage.deliverAll()
      for (const end of stage.ends) {
        const came = stage.other(end).received.get(end.session?.remoteTag ?? 0) ?? []
        assert.equal(came.length, end.sent.length)
      }
    }),
    { numRuns: 200 },
  )
})

test('when an end forgets the other, no message crosses into the next session, and that one works', () => {
  const actions = [...happenings, { weight: 1, arbitrary: fc.constant(forgetting) }]
  fc.assert(
    fc.property(plan(actions, 80), (steps) => {
      const stage = new SessionStage()
      play(stage, steps)
      stage.settle(() => stage.isSettled)
      assertComplete(stage)
    }),
    { numRuns: 250 },
  )
})

test('a goodbye comes after everything that was sent before it, and nothing comes after it', () => {
  fc.assert(
    fc.property(plan(happenings, 60), (steps) => {
      const stage = new SessionStage()
      stage.settle(() => stage.isSettled)
      play(stage, steps)
      const [leaving, staying] = stage.ends
      const peerTag = leaving.session?.remoteTag ?? 0
      leaving.traffic.leave()
      stage.settle(() => staying.endings.length > 0)
      assert.deepEqual(staying.endings, ['goodbye'])
      assert.equal(staying.received.get(peerTag)?.length ?? 0, leaving.sent.length)
    }),
    { numRuns: 200 },
  )
})

test('a frame of a session that nobody knows is answered with a reset of it, and changes nothing', () => {
  const counts = { number: fc.nat(5), ack: fc.nat(5), bulkAck: fc.nat(5) }
  // Two sessions begin with the stage, with the first tags.
  const tag = fc.integer({ min: 3 })
  const anyStray = fc.oneof(
    fc.record({ type: fc.constant('data' as const), tag, bulk: fc.boolean(), ...counts }),
    fc.record({
      type: fc.constant('ack' as const),
      tag,
      gap: fc.boolean(),
      ack: fc.nat(5),
      bulkAck: fc.nat(5),
    }),
  )
  fc.assert(
    fc.property(anyStray, fc.boolean(), (frame, isMet) => {
      const stage = new SessionStage()
      if (isMet) stage.settle(() => stage.isSettled)
      const [end] = stage.ends
      end.path.underway.length = 0
      end.receive(encodeFrame(frame, undefined, Uint8Array.of(8, 65)))
      const answers = end.path.underway.map((bytes) => decodeFrame(bytes)?.frame)
      assert.deepEqual(answers, [{ type: 'reset', tag: frame.tag }])
      assert.equal(end.session?.isOpen, isMet)
    }),
  )
})
