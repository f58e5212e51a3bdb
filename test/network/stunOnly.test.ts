// Two members behind symmetric NATs, with a STUN server only: there is no direct way between them.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { delayOf, duration, now } from './harness/figures.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

const PAIR_UNREACHABLE_WITHIN = 20_000

it(
  'behind symmetric NATs, without TURN, a pair is told why, and talks through a bot',
  { timeout: 80_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(PEER_UNREACHABLE|INSECURE_INVITE)/
    await scene.startCoturn()
    const options = { rtcConfiguration: { iceServers: [scene.stun] } }
    const first = await scene.member('first', scene.network.hostBehindNat(), options)
    const second = await scene.member('second', scene.network.hostBehindNat(), options)
    const bot = await scene.bot()

    await first.join(scene.key)
    const began = now()
    const joining = second.join(scene.key)
    await Promise.any(
      [first, second].map((member) => member.until({ error: 'PEER_UNREACHABLE' }, PAIR_UNREACHABLE_WITHIN)),
    )
    await joining
    const told = await Promise.any([first, second].map((member) => delayOf(member, 'error', began)))
    const joined = await delayOf(second, 'state', began, 'JOINED')
    scene.figure(
      `PEER_UNREACHABLE after ${duration(told)}, JOINED without the other after ${duration(joined)}`,
    )

    const invited = now()
    await first.invite(bot.url)
    const all = [first, second, bot.member]
    await Promise.all(all.map((member) => member.until({ state: 'JOINED', size: 3 })))
    const [firstId, secondId] = [await first.id(), await second.id()]
    scene.figure(`in one group ${duration(now() - invited)} after a bot was invited`)
    assert.equal((await first.links())[secondId], 'relayed')
    assert.equal((await second.links())[firstId], 'relayed')
    const talk = await Talk.among(all)
    await talk.during(all, wait(1_000))
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after the last`)
  }),
)
