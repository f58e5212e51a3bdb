// The process that renders a tab is killed: the page says no goodbye, its browser lives on.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { delayOf, now, range } from './harness/figures.js'
import { fullyLinked, joinInTurn } from './harness/members.js'
import { scenario } from './harness/scene.js'
import { Talk } from './harness/talk.js'

/** A silent death is noticed by then: the socket to Sigver closes, and what is asked does not answer. */
const NOTICED_WITHIN = 2_000

it(
  'a tab whose renderer is killed is seen to leave, and the others talk on',
  { timeout: 120_000 },
  scenario(async (scene) => {
    const others = await Promise.all(['first', 'second'].map((name) => scene.member(name)))
    const { member, crash } = await scene.tab('tab')
    await joinInTurn([...others, member], scene.key)
    const id = await member.id()
    const everyone = await Talk.among([...others, member])
    await everyone.during([...others, member], wait(1_000))
    await everyone.allHeard()

    const talk = await Talk.among(others)
    const crashed = now()
    await crash()
    scene.forget(member)
    await talk.during(others, fullyLinked(others, NOTICED_WITHIN))
    const delays = await Promise.all(others.map((other) => delayOf(other, 'leave', crashed, id)))
    scene.figure(`${others.length} others saw it leave after ${range(delays)}`)
    await talk.during(others, wait(1_000))
    await talk.allHeard()
    for (const other of others) assert.deepEqual(await other.told('leave'), [id], other.name)
  }),
)
