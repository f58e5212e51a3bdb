// One member of several that nobody hears for a while: the others see it leave, and it comes back by itself.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import * as limits from '../../../src/core/limits.js'
import type { Happening } from '../../mixed/harness/agent.js'
import type { Member } from '../../mixed/harness/member.js'
import { delayOf, duration, now, range } from './figures.js'
import { fullyLinked } from './members.js'
import type { Scene } from './scene.js'
import { Talk } from './talk.js'

/** A quiet member is pinged, and given up when it stays silent although Sigver sees its socket. A busy machine takes longer. */
const GONE_WITHIN = limits.quiet + limits.watchedDead + 3_000
/** Measured: 7 s after a cut, 16 s after a stop, whose links look alive for some time. A busy machine takes longer. */
const BACK_WITHIN = 30_000

interface Absence {
  readonly milliseconds: number
  begin(): void
  end(): void
}

/** They are all in one group, and talk on without it. */
export async function absentAmong(
  scene: Scene,
  absent: Member,
  others: readonly Member[],
  { milliseconds, begin, end }: Absence,
): Promise<void> {
  const everyone = [...others, absent]
  const formerId = await absent.id()
  const otherIds = await Promise.all(others.map((other) => other.id()))
  const talk = await Talk.among(others)
  const began = now()
  begin()
  await talk.during(others, wait(milliseconds))
  end()
  const ended = now()
  const seen = await Promise.all(others.map((other) => delayOf(other, 'leave', began, formerId)))
  scene.figure(`${others.length} others saw it leave after ${range(seen)}`)
  assert.ok(Math.max(...seen) < GONE_WITHIN, `after ${duration(Math.max(...seen))}`)
  await Promise.all(others.map((other) => other.until({ size: everyone.length }, BACK_WITHIN)))
  await fullyLinked(everyone, BACK_WITHIN)
  scene.figure(`it was back, linked with all, ${duration(now() - ended)} after the end`)

  await talk.allHeard()
  const news = await Talk.among(everyone)
  await news.during(everyone, wait(1_000))
  await news.allHeard()
  for (const other of others)
    assert.deepEqual(
      await since(other, began),
      [`leave ${formerId}`, `join ${await absent.id()}`],
      other.name,
    )
  const all = otherIds.flatMap((id) => [`join ${id}`, `leave ${id}`])
  assert.deepEqual([...(await since(absent, began))].sort(), all.sort(), absent.name)
}

/** The comings and goings that a member was told of. */
async function since(member: Member, time: number): Promise<string[]> {
  const isOne = ({ at, what }: Happening) => at >= time && (what === 'join' || what === 'leave')
  return (await member.happened()).filter(isOne).map(({ what, value }) => `${what} ${value}`)
}
