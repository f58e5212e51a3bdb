// A member's host gets another address: another Wi-Fi, a cable pulled out, a mobile network.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration, now } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

/** WebRTC itself needs some 16 s to be sure that nobody answers at the old address. */
const LINKED_AGAIN_WITHIN = 30_000

it(
  'a member whose address changes is linked again, and nothing that was said meanwhile is lost',
  { timeout: 80_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(SIGNALING_UNREACHABLE|PEER_UNREACHABLE)/
    const host = scene.network.host()
    const moving = await scene.member('moving', host)
    const staying = await scene.member('staying')
    const members = [moving, staying]
    await joinInTurn(members, scene.key)
    const talk = await Talk.among(members)
    await talk.during(members, wait(1_000))
    await talk.allHeard()
    scene.network.move(host, 3)
    const moved = now()
    await talk.during(members, wait(1_000))
    await talk.during(members, talk.caughtUp(LINKED_AGAIN_WITHIN))
    scene.figure(`linked again after ${duration(now() - moved)}`)
    scene.figure(`then all messages were there ${duration(await talk.allHeard())} after the last`)
    await fullyLinked(members)
    assert.deepEqual(await leaves(members), [])
  }),
)
