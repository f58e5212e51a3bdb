// Processes that end without a word (kill -9): Sigver, a bot, a member. The kernel closes their TCP connections; data
// channels just fall silent.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { DistantMember } from './harness/calls.js'
import { delayOf, duration, now, range } from './harness/figures.js'
import { fullyLinked, joinInTurn } from './harness/members.js'
import { scenario, type Scene } from './harness/scene.js'
import { Talk } from './harness/talk.js'

/** A silent death is noticed by then: Sigver hints at it, and what is asked does not answer. */
const NOTICED_WITHIN = 2_000
/** The longest pause before Sigver is tried again, and some. */
const BACK_WITHIN = 15_000

/** The same without Sigver: a ping after 1 s, and 5 s for its answer. */
const NOTICED_ALONE_WITHIN = 9_000

/** Kills it, and notes when the others saw it. They talk on. */
async function killAmong(
  scene: Scene,
  victim: DistantMember,
  others: readonly DistantMember[],
  within = NOTICED_WITHIN,
): Promise<void> {
  const id = await victim.id()
  const talk = await Talk.among(others)
  await talk.during(others, wait(1_000))
  const killed = now()
  await victim.program.kill()
  await talk.during(others, fullyLinked(others, within))
  const delays = await Promise.all(others.map((other) => delayOf(other, 'leave', killed, id)))
  scene.figure(`${others.length} others saw it leave after ${range(delays)}`)
  assert.ok(Math.max(...delays) < within)
  await talk.during(others, wait(1_000))
  await talk.allHeard()
  for (const other of others) assert.deepEqual(await other.told('leave'), [id], other.name)
}

it(
  'when a member is killed the others see it leave, and talk on',
  { timeout: 80_000 },
  scenario(async (scene) => {
    const members = await Promise.all(['killed', 'first', 'second'].map((name) => scene.member(name)))
    const [killed, ...others] = members
    assert.ok(killed)
    await joinInTurn(members, scene.key)
    await killAmong(scene, killed, others)
  }),
)

it(
  'when a member is killed while Sigver is away the others see it leave, and talk on',
  { timeout: 80_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^SIGNALING_UNREACHABLE/
    const members = await Promise.all(['killed', 'first', 'second'].map((name) => scene.member(name)))
    const [killed, ...others] = members
    assert.ok(killed)
    await joinInTurn(members, scene.key)
    await scene.killSigver()
    await Promise.all(others.map((other) => other.until({ error: 'SIGNALING_UNREACHABLE' })))
    await killAmong(scene, killed, others, NOTICED_ALONE_WITHIN)
  }),
)

it(
  'when a bot is killed the others see it leave, and talk on',
  { timeout: 80_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^INSECURE_INVITE/
    const members = await Promise.all(['first', 'second'].map((name) => scene.member(name)))
    const bot = await scene.bot()
    await joinInTurn(members, scene.key)
    await members[0]?.invite(bot.url)
    await fullyLinked([...members, bot.member])
    await killAmong(scene, bot.member, members)
  }),
)

it(
  'when Sigver is killed the members talk on, and after its restart a new one joins',
  { timeout: 80_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^SIGNALING_UNREACHABLE/
    const members = await Promise.all(['first', 'second'].map((name) => scene.member(name)))
    const newcomer = await scene.member('newcomer')
    await joinInTurn(members, scene.key)
    const talk = await Talk.among(members)
    const killed = now()
    await scene.killSigver()
    await Promise.all(members.map((member) => member.until({ error: 'SIGNALING_UNREACHABLE' })))
    const told = await Promise.all(members.map((member) => delayOf(member, 'error', killed)))
    scene.figure(`SIGNALING_UNREACHABLE after ${range(told)}`)
    const joining = newcomer.join(scene.key)
    await talk.during(members, wait(3_000))
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after the last`)

    await scene.startSigver()
    const restarted = now()
    await joining
    await fullyLinked([...members, newcomer], BACK_WITHIN)
    scene.figure(`a newcomer was linked with all ${duration(now() - restarted)} after the restart`)
    await talk.allHeard()
    for (const member of members) assert.deepEqual(await member.told('leave'), [], member.name)
  }),
)
