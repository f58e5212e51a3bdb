// One life in a group as a whole: what it does about a second member of its name, and what is left of it at its end.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { encodeFrame } from '../../src/core/wire.js'
import { type Member, MeshStage } from './meshStage.js'

const RTC = { listens: false, rtc: true }

/** Two of so many members are linked. */
function linked(count: number): { readonly stage: MeshStage; readonly one: Member; readonly two: Member } {
  const stage = new MeshStage(
    Array.from({ length: count }, () => RTC),
    () => true,
  )
  const [one, two] = [stage.member(1), stage.member(2)]
  one.introduce(two)
  stage.settle(3_000)
  assert.deepEqual(one.mesh.view.neighbors, [2])
  return { stage, one, two }
}

/** The only one. */
function channelOf({ mesh }: Member): number {
  const channels = Array.from({ length: 10 }, (_, channel) => channel).filter((channel) => mesh.owns(channel))
  assert.equal(channels.length, 1)
  return channels[0] ?? 0
}

it('who hears of another member with its id takes a new one, if it is the one of the two to do so', () => {
  for (const [incarnation, isTaken] of [
    ['0000000000000000', true],
    ['ffffffffffffffff', false],
  ] as const) {
    const { one } = linked(2)
    const twin = { id: one.id, incarnation, version: 1, neighbors: [], url: '', rtc: true }
    const bytes = encodeFrame({ type: 'announcements', members: [twin] })
    one.act(() => one.mesh.handle({ on: 'received', channel: channelOf(one), bytes }))
    assert.equal(
      one.facts.some(({ fact }) => fact === 'idTaken'),
      isTaken,
    )
  }
})

it('a neighbour that sends bytes that make no sense loses its link, and users are told', () => {
  const { one } = linked(2)
  const channel = channelOf(one)
  one.act(() => one.mesh.handle({ on: 'received', channel, bytes: Uint8Array.of(255, 255, 255) }))
  assert.equal(one.mesh.owns(channel), false)
  assert.deepEqual(
    one.facts.flatMap((fact) => (fact.fact === 'error' ? [[fact.error.code, fact.error.id]] : [])),
    [['PEER_GARBAGE', 2]],
  )
})

it('small messages go out at the end of each turn', () => {
  const { stage, one, two } = linked(2)
  for (const word of ['a', 'b', 'c']) {
    two.act(() => two.mesh.send(word, undefined, true))
    while (stage.step(0)) continue
  }
  const heard = one.facts.flatMap((fact) => (fact.fact === 'messages' ? fact.data : []))
  assert.deepEqual(heard, ['a', 'b', 'c'])
})

it('a goodbye that nobody hears is waited for so long, and no longer', () => {
  const { stage, one } = linked(2)
  const isReleased = () => one.facts.some(({ fact }) => fact === 'released')
  stage.world.silence(1, 2)
  one.act(() => one.mesh.leave())
  stage.settle(limits.farewell - 1)
  assert.equal(isReleased(), false)
  stage.settle(1)
  assert.equal(isReleased(), true)
})

it('no timer is left of a life that is over, whatever it was about to do', () => {
  const { stage, one, two } = linked(3)
  two.act(() => two.mesh.send('to be acknowledged', undefined, true))
  one.introduce(stage.member(3)) // to be announced
  while (stage.step(0)) continue
  assert.deepEqual([...one.timers.keys()].sort(), ['ack/1', 'announce/1', 'tick/1'])
  one.act(() => one.mesh.vanish())
  assert.deepEqual([...one.timers.keys()], [])
})
