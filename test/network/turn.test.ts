// Both members are behind NATs that no STUN server helps through: a TURN server is all they have in common.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { delayOf, duration, now } from './harness/figures.js'
import { fullyLinked } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

it(
  'behind symmetric NATs, members with a TURN server join and talk',
  { timeout: 60_000 },
  scenario(async (scene) => {
    await scene.startCoturn()
    const options = { rtcConfiguration: { iceServers: [scene.stun, scene.turn] } }
    const first = await scene.member('first', scene.network.hostBehindNat(), options)
    const second = await scene.member('second', scene.network.hostBehindNat(), options)
    await first.join(scene.key)
    const began = now()
    await second.join(scene.key)
    await fullyLinked([first, second])
    assert.deepEqual(Object.values(await second.links()), ['datachannel'])
    scene.figure(`JOINED after ${duration(await delayOf(second, 'state', began, 'JOINED'))}`)
    const talk = await Talk.among([first, second])
    await talk.during([first, second], wait(1_000))
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after the last`)
  }),
)
