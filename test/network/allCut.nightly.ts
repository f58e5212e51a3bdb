// Two members are cut off from everything, from each other and from Sigver, for 60 s: a train in a tunnel.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration, now } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

const CUT = 60_000
/** The longest pause before Sigver is tried again, and some. */
const BACK_WITHIN = 20_000

it(
  'two members who are cut off from everything for 60 s stay in view, and all that they said arrives in order',
  { timeout: 180_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^SIGNALING_UNREACHABLE/
    const hosts = [scene.network.host(), scene.network.host()]
    const members = await Promise.all(hosts.map((host, index) => scene.member(`member ${index}`, host)))
    await joinInTurn(members, scene.key)
    const talk = await Talk.among(members)
    await talk.during(members, wait(1_000))
    for (const host of hosts) scene.network.cut(host)
    await talk.during(members, wait(CUT))
    scene.network.heal()
    const healed = now()
    scene.figure(`all messages were there ${duration(await talk.allHeard(BACK_WITHIN))} after the heal`)
    await fullyLinked(members, BACK_WITHIN)
    scene.figure(`linked again ${duration(now() - healed)} after the heal`)
    await talk.during(members, wait(1_000))
    await talk.allHeard()
    assert.deepEqual(await leaves(members), [])
  }),
)
