// A member whose process is stopped (SIGSTOP) for 15 s: a laptop's lid, a debugger, a machine that swaps.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { duration } from './harness/figures.js'
import { fullyLinked, joinInTurn, leaves } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

it(
  'a member that is stopped for 15 s keeps its place, and hears what was said meanwhile in order',
  { timeout: 80_000 },
  scenario(async (scene) => {
    const members = await Promise.all(['first', 'second', 'stopped'].map((name) => scene.member(name)))
    const [first, second, stopped] = members
    assert.ok(first && second && stopped)
    await joinInTurn(members, scene.key)
    const talk = await Talk.among(members)
    await talk.during(members, wait(1_000))
    stopped.program.stop()
    await talk.during([first, second], wait(15_000))
    stopped.program.continue()
    scene.figure(`all messages were there ${duration(await talk.allHeard())} after it went on`)
    await talk.during(members, wait(1_000))
    await talk.allHeard()
    await fullyLinked(members)
    assert.deepEqual(await leaves(members), [])
  }),
)
