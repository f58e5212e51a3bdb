// What every test of this stage does: a Sigver, a normal group that uses it, an attacker; what the group noticed, and what
// memory is left. Prints a line of figures for each attack.
import assert from 'node:assert/strict'
import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from './attacks.js'
import { MEMBERS, NormalGroup } from './normalGroup.js'
import { AttackedSigver, spawnRaised } from './sigver.js'

/** Of a join under attack. Guess: some ten times what one takes on an idle machine, as the attacker, Sigver and five members
 *  share its cores. A member gives up whoever does not answer after 3 s. */
const SLOWEST_JOIN = 3_000

/** What may stay after an attack: code that was compiled meanwhile, and tables of Node's that grew once; up to 1.5 MiB were
 *  seen, however long the attacks. A WebSocket that stays takes some 10 kB and an unread queue 1 MiB, so of the thousands
 *  of sockets of an attack 300 would be noticed, or three queues. */
const MiB = 1024 * 1024
const TOLERANCE = 3 * MiB

export interface Siege {
  sigver: AttackedSigver
  group: NormalGroup
}

export interface Expected {
  /** The only ways in which sockets of the attacker may end: close codes, negative http statuses. */
  readonly ends: readonly number[]
  /** Codes that Sigver itself has to count at least so often. */
  readonly counted?: Readonly<Record<number, number>>
  readonly more?: (siege: Siege) => unknown
  readonly check?: (outcome: Outcome, siege: Siege) => unknown
}

/** `promise` is the name of the test, `name` that of the attack. */
type Against = (promise: string, name: string, expected: Expected) => void

async function startAttacker(): Promise<ChildProcess> {
  const attacker = spawnRaised(['--import', 'tsx', 'test/attack/attacker.ts'])
  await once(attacker, 'message')
  return attacker
}

async function attack(attacker: ChildProcess, name: string, port: number, more: unknown): Promise<Outcome> {
  const answer = once(attacker, 'message')
  attacker.send({ attack: name, port, more })
  const died = once(attacker, 'exit').then(() => assert.fail('the attacker died'))
  died.catch(() => {})
  const [outcome] = await Promise.race([answer, died])
  return outcome
}

/** What is held in the end: collected anew while sockets are still being closed. */
async function settled(sigver: AttackedSigver, most: number): Promise<number> {
  const end = performance.now() + 4_000
  for (;;) {
    const { held } = await sigver.memory()
    if (held <= most || performance.now() > end) return held
    await sleep(100)
  }
}

const mega = (bytes: number): string => `${(bytes / MiB).toFixed(1)} MiB`

/** Tests of one file: all against the same Sigver, so that what one leaves behind is there for the next. */
export function siege(flags: readonly string[], attacks: (against: Against) => void): void {
  let stage: Siege | undefined
  let attacker: ChildProcess | undefined
  let calm = 0

  before(async () => {
    const sigver = await AttackedSigver.start(flags)
    stage = { sigver, group: await NormalGroup.start(sigver.url) }
    attacker = await startAttacker()
    // Warm: code is compiled and tables have grown when a few have come and gone.
    await attack(attacker, 'joinAndLeave', sigver.port, 500)
    await stage.group.noticed()
    calm = (await sigver.memory()).held
    sigver.takePeak()
  })

  after(async () => {
    attacker?.kill('SIGKILL')
    await stage?.group.end()
    await stage?.sigver.end()
  })

  const against: Against = (promise, name, expected) =>
    void test(promise, async () => {
      assert.ok(stage && attacker)
      const { sigver, group } = stage
      const refusedBefore = await sigver.refusals()
      const more = await expected.more?.(stage)
      const [outcome, noticed] = await Promise.all([
        attack(attacker, name, sigver.port, more),
        group.noticed().then(async (first) => ({ first, peak: sigver.takePeak() })),
      ])
      const rest = await group.noticed()
      const peak = Math.max(noticed.peak, sigver.takePeak())
      const held = await settled(sigver, calm + TOLERANCE)
      const slowestJoin = Math.max(noticed.first.slowestJoin, rest.slowestJoin)
      const slowestMessage = Math.max(noticed.first.slowestMessage, rest.slowestMessage)
      const refused = await sigver.refusals()
      console.log(
        `attack ${name}: ${outcome.tried}; ends ${JSON.stringify(outcome.ends)}; slowest join ${slowestJoin} ms of ` +
          `${noticed.first.joins + rest.joins}, slowest message ${slowestMessage} ms of ` +
          `${noticed.first.messages + rest.messages}; peak ${mega(peak)} RSS, held before ${mega(calm)}, after ${mega(held)}`,
      )
      const ends = Object.keys(outcome.ends).map(Number)
      assert.deepEqual(
        ends.filter((end) => !expected.ends.includes(end)),
        [],
        `sockets ended otherwise: ${JSON.stringify(outcome.ends)}`,
      )
      for (const [code, least] of Object.entries(expected.counted ?? {})) {
        const count = (refused.get(Number(code)) ?? 0) - (refusedBefore.get(Number(code)) ?? 0)
        assert.ok(count >= least, `${code} was counted ${count} times`)
      }
      await expected.check?.(outcome, stage)
      await sigver.leftTo(MEMBERS)
      assert.ok(slowestJoin <= SLOWEST_JOIN, `a join took ${slowestJoin} ms`)
      assert.ok(held <= calm + TOLERANCE, `${mega(held)} are held, ${mega(calm)} before`)
    })

  attacks(against)
}
