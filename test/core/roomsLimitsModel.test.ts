// How much a socket may say, and how much a room is told of those who went, against plain counts.
// fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { Stage } from './roomsStage.js'

// ---- the budget

/** A bucket of frames as it is described: `frameBurst` at most, filled with `framesPerSecond`. */
class Bucket {
  private frames: number = limits.frameBurst
  private at = 0

  /** False: it was empty. */
  spend(now: number): boolean {
    // Multiplied first: whole frames stay whole.
    const earned = ((now - this.at) * limits.framesPerSecond) / 1000
    this.frames = Math.min(limits.frameBurst, this.frames + earned)
    this.at = now
    this.frames -= 1
    return this.frames >= 0
  }
}

/** In pauses that are worth whole frames: nothing hangs on how fractions are rounded. */
const FRAME = 1_000 / limits.framesPerSecond
const anyPause = fc.oneof(fc.nat(10), fc.nat(800)).map((frames) => frames * FRAME)
const anyBurst = fc.record({ frames: fc.nat(700), pause: anyPause })

test('a socket is closed at exactly the frame that is one too many, and nobody else is', () => {
  fc.assert(
    fc.property(
      fc.array(anyBurst, { maxLength: 6 }),
      fc.array(anyBurst, { maxLength: 6 }),
      (mine, theirs) => {
        const stage = new Stage()
        const buckets = [new Bucket(), new Bucket()] as const
        for (const id of [1, 2]) {
          stage.arrive(id)
          assert.ok(buckets[id - 1]?.spend(0))
        }
        const rounds = Math.max(mine.length, theirs.length)
        for (let round = 0; round < rounds; round++) {
          for (const [id, bursts] of [
            [1, mine],
            [2, theirs],
          ] as const)
            for (let left = bursts[round]?.frames ?? 0; left > 0 && stage.isOpen(id); left--) {
              const isAllowed = buckets[id - 1]?.spend(stage.now)
              stage.heard(id)
              stage.say(id, { type: 'ping' })
              assert.deepEqual(stage.heard(id), [isAllowed ? 'pong' : 'closed: tooManyFrames'])
            }
          stage.pass(mine[round]?.pause ?? theirs[round]?.pause ?? 0)
        }
      },
    ),
    { numRuns: 60 },
  )
})

// ---- hints

type Step = { readonly leave: readonly number[] } | { readonly enter: number } | { readonly wait: number }
const COUNT = 9
const anyId = fc.integer({ min: 1, max: COUNT })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ leave: fc.uniqueArray(anyId, { minLength: 1, maxLength: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ enter: anyId }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.oneof(fc.nat(limits.hintWindow), fc.nat(2_000)) }) },
)

const idsIn = (word: string): readonly number[] => word.split(' ').slice(1).map(Number)

/** One who always stays, hears everything, and keeps the books. */
class Witness {
  /** When each of them went last, if it is not there now. */
  readonly goneSince = new Map<number, number>()
  /** When there was a frame with hints. */
  readonly frames: number[] = []
  /** Of whom it was told since they went. */
  readonly told = new Set<number>()

  constructor(private readonly stage: Stage) {}

  listen(id: number): void {
    for (const word of this.stage.heard(id).filter((word) => word.startsWith('gone '))) {
      const last = this.frames.at(-1)
      if (last !== undefined)
        assert.ok(this.stage.now - last >= limits.hintWindow, 'two frames within one window')
      this.frames.push(this.stage.now)
      // Who went twice within a window may stand there twice.
      for (const gone of new Set(idsIn(word))) {
        assert.ok(this.goneSince.has(gone), `${gone} is said to be gone, and is there`)
        assert.ok(!this.told.has(gone), `${gone} is told twice`)
        this.told.add(gone)
      }
    }
  }
}

function play(steps: readonly Step[], count = COUNT): { readonly stage: Stage; readonly witness: Witness } {
  const stage = new Stage()
  const witness = new Witness(stage)
  const WITNESS = 100
  for (let id = 1; id <= count; id++) stage.arrive(id)
  stage.arrive(WITNESS)
  const pass = (time: number) => {
    const end = stage.now + time
    while (stage.now < end) {
      // To the moment of each frame, not beyond it.
      const next = stage.timers.get('hints') ?? Infinity
      stage.pass(Math.min(end, Math.max(next, stage.now + 1)) - stage.now)
      witness.listen(WITNESS)
    }
  }
  for (const step of steps) {
    if ('wait' in step) pass(step.wait)
    else if ('enter' in step) {
      if (!stage.isOpen(step.enter)) stage.arrive(step.enter)
      witness.goneSince.delete(step.enter)
      witness.told.delete(step.enter)
    } else
      for (const id of step.leave) {
        if (!stage.isOpen(id)) continue
        stage.leave(id)
        witness.goneSince.set(id, stage.now)
        witness.listen(WITNESS)
      }
  }
  pass(3 * limits.hintWindow)
  return { stage, witness }
}

test('a room hears of who went at most once per window, of each once, and never of who is there', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 25 }), (steps) => void play(steps)),
    { numRuns: 150 },
  )
})

test('when some go together all are told of, unless they are three or more and most of the room', () => {
  const anyRoom = fc
    .integer({ min: 1, max: COUNT })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count }), fc.nat(2_000)))
  fc.assert(
    fc.property(anyRoom, ([count, going, wait]) => {
      const leave = Array.from({ length: going }, (_, i) => i + 1)
      const { witness } = play([{ wait }, { leave }], count)
      // The witness is in the room, too.
      const isExodus = going >= 3 && going > (count + 1) / 2
      assert.deepEqual([...witness.told].sort(), isExodus ? [1] : leave)
      assert.equal(witness.frames[0], witness.goneSince.get(1), 'the first at once')
    }),
    { numRuns: 150 },
  )
})
