// A member whose process is stopped (SIGSTOP) for almost as long as its place is kept.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

it(
  'a member that is stopped for 25 s keeps its place, and hears what was said meanwhile in order',
  { timeout: 120_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^PEER_UNREACHABLE/
    const members = await Promise.all(['first', 'second', 'stopped'].map((name) => scene.member(name)))
    const [first, second, stopped] = members
    assert.ok(first && second && stopped)
    await joinInTurn(members, scene.key)
    const talk = await Talk.among(members)
    stopped.program.stop()
    await talk.during([first, second], wait(25_000))
    stopped.program.continue()
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after it went on`)
    await fullyLinked(members)
    assert.deepEqual(await leaves(members), [])
  }),
)
