// A member's host gets another address while it is linked with a bot by a WebSocket, which nobody closes.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration, now } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

const LINKED_AGAIN_WITHIN = 30_000

it(
  'a member whose address changes is linked with its bot again, and nothing that was said meanwhile is lost',
  { timeout: 120_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(SIGNALING_UNREACHABLE|PEER_UNREACHABLE|INSECURE_INVITE)/
    const host = scene.network.host()
    const moving = await scene.member('moving', host)
    const bot = await scene.bot()
    await joinInTurn([moving], scene.key)
    await moving.invite(bot.url)
    const members = [moving, bot.member]
    await fullyLinked(members)
    const talk = await Talk.among(members)
    await talk.during(members, wait(1_000))
    scene.network.move(host, 3)
    const moved = now()
    await talk.during(members, wait(1_000))
    await talk.during(members, talk.caughtUp(LINKED_AGAIN_WITHIN))
    scene.figure(`linked again after ${duration(now() - moved)}`)
    await talk.allHeard()
    await fullyLinked(members)
    assert.deepEqual(await leaves(members), [])
  }),
)
