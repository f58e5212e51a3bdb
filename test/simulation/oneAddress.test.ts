// Sigver bounds what one address may say; a crowd of honest members behind one address must never notice.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Member } from './member.js'
import { World } from './world.js'

const GROUPS = 4
const SIZE = 50

const isWhole = (members: readonly Member[]) =>
  members.every((member) => member.isJoined && member.others.length === SIZE - 1)

const errorsOf = (members: readonly Member[]) =>
  members.flatMap(({ told }) =>
    told.flatMap((event) => (event.type === 'error' ? [event.error.message] : [])),
  )

it('200 members in 4 groups who come from one address within some seconds are all let in', () => {
  const world = new World(1)
  world.addressOf = () => 'the address of a school'
  const members = Array.from({ length: GROUPS * SIZE }, (_, i) => world.addMember(`m${i}`))
  for (const [i, member] of members.entries()) {
    member.join(`key ${i % GROUPS}`)
    world.run(20)
  }
  assert.ok(
    world.runUntil(() => isWhole(members), 20_000),
    'the groups are whole',
  )
  assert.deepEqual(errorsOf(members), [])
})
