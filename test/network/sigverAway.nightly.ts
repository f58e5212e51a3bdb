// Sigver is away for 2 minutes, or keeps its sockets and answers nobody.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration, now } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario, type Scene } from './harness/scene.js'
import { Talk } from './harness/talk.js'

/** The longest pause before Sigver is tried again, and some. */
const BACK_WITHIN = 20_000

/** Members talk on, and a newcomer waits until it is back. */
async function withoutSigver(
  scene: Scene,
  milliseconds: number,
  begin: () => Promise<void>,
  end: () => Promise<void>,
) {
  scene.expectedErrors = /^SIGNALING_UNREACHABLE/
  const members = await Promise.all(['first', 'second', 'third'].map((name) => scene.member(name)))
  const newcomer = await scene.member('newcomer')
  await joinInTurn(members, scene.key)
  const talk = await Talk.among(members)
  await begin()
  const joining = newcomer.join(scene.key)
  await talk.during(members, wait(milliseconds))
  scene.figure(`all messages were there ${duration(await talk.allHeard())} after the last`)
  await end()
  const back = now()
  await joining
  await fullyLinked([...members, newcomer], BACK_WITHIN)
  scene.figure(`a newcomer was linked with all ${duration(now() - back)} after its return`)
  for (const member of [...members, newcomer]) {
    await member.until({ signaling: 'CHECKED' }, BACK_WITHIN)
    // An outage is told once, however long it is.
    assert.equal((await member.told('error')).length, 1, member.name)
  }
  scene.figure(`everyone was connected to it ${duration(now() - back)} after`)
  assert.deepEqual(await leaves(members), [])
}

it(
  'members talk on while Sigver is away for 2 minutes, and a newcomer waits for it',
  { timeout: 240_000 },
  scenario((scene) =>
    withoutSigver(
      scene,
      120_000,
      () => scene.killSigver(),
      () => scene.startSigver(),
    ),
  ),
)

it(
  'members talk on while Sigver hangs for 60 s, and a newcomer waits for it',
  { timeout: 180_000 },
  scenario((scene) =>
    withoutSigver(
      scene,
      60_000,
      async () => scene.stopSigver(),
      async () => scene.continueSigver(),
    ),
  ),
)
