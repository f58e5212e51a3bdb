// A member and a bot, linked by a WebSocket, are cut off from everything, from each other and from Sigver, for 60 s. TCP
// tries again ever more rarely, so that such a link may stay silent long after the network is back.
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
  'a member and a bot who are cut off from everything for 60 s stay in view, and all that they said arrives in order',
  { timeout: 180_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(SIGNALING_UNREACHABLE|PEER_UNREACHABLE|INSECURE_INVITE)/
    const hosts = [scene.network.host(), scene.network.host()]
    const member = await scene.member('member', hosts[0])
    const bot = await scene.bot(hosts[1])
    await joinInTurn([member], scene.key)
    await member.invite(bot.url)
    const members = [member, bot.member]
    await fullyLinked(members)
    const talk = await Talk.among(members)
    await talk.during(members, wait(1_000))
    for (const host of hosts) scene.network.cut(host)
    await talk.during(members, wait(CUT))
    scene.network.heal()
    const healed = now()
    scene.figure(`all messages were there ${duration(await talk.allHeard(BACK_WITHIN))} after the heal`)
    await fullyLinked(members, BACK_WITHIN)
    scene.figure(`linked again ${duration(now() - healed)} after the heal`)
    assert.deepEqual(await leaves(members), [])
  }),
)
