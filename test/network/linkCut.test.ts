// The router drops everything between two members for 10 s. Sigver, and in the second test a third member, stay in reach.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration, now } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario, type Scene } from './harness/scene.js'
import { Talk } from './harness/talk.js'

const CUT = 10_000
/** A quiet member is pinged after 5 s, and a link that stays silent is avoided after 2 s (core/limits.ts). */
const DETOUR_WITHIN = 9_000

/** Members in one group, the first two of them cut from each other while everyone talks. */
async function cutTheFirstTwo(scene: Scene, names: readonly string[]) {
  const hosts = names.map(() => scene.network.host())
  const members = await Promise.all(hosts.map((host, index) => scene.member(names[index] ?? '', host)))
  await joinInTurn(members, scene.key)
  const talk = await Talk.among(members)
  await talk.during(members, wait(1_000))
  await talk.allHeard()
  const [one, other] = hosts
  if (one && other) scene.network.cut(one, other)
  return { members, talk }
}

it(
  'when the link of two members is cut for 10 s nobody leaves, and what they say meanwhile arrives in order',
  { timeout: 80_000 },
  scenario(async (scene) => {
    const { members, talk } = await cutTheFirstTwo(scene, ['first', 'second'])
    await talk.during(members, wait(CUT))
    scene.network.heal()
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after the heal`)
    await fullyLinked(members)
    assert.deepEqual(await leaves(members), [])
  }),
)

it(
  'with a third member in reach of both, what two members with a cut link say arrives through it',
  { timeout: 80_000 },
  scenario(async (scene) => {
    const { members, talk } = await cutTheFirstTwo(scene, ['first', 'second', 'third'])
    const cut = now()
    await talk.during(members, wait(1_000))
    await talk.during(members, talk.caughtUp(DETOUR_WITHIN))
    const took = now() - cut
    scene.figure(`what was said in the first second was there ${duration(took)} after the cut`)
    await talk.during(members, wait(2_000))
    scene.figure(`then all messages ${duration(await talk.allHeard(2_000))} after the last`)
    scene.network.heal()
    const healed = now()
    await talk.during(members, fullyLinked(members))
    scene.figure(`linked directly ${duration(now() - healed)} after the heal`)
    await talk.allHeard()
    assert.deepEqual(await leaves(members), [])
  }),
)
