// Who can be reached, and through whom, as it follows from what members announce.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Graph } from '../../src/core/graph.js'
import * as limits from '../../src/core/limits.js'
import type { Announcement } from '../../src/core/wire.js'

const ME = 1
const incarnation = (id: number) => id.toString(16).padStart(16, '0')
const says = (id: number, neighbors: number[], more: Partial<Announcement> = {}): Announcement => ({
  id,
  incarnation: incarnation(id),
  version: 1,
  neighbors,
  url: '',
  rtc: true,
  ...more,
})

function graphOf(...announcements: Announcement[]): Graph {
  const graph = new Graph(ME)
  for (const announcement of announcements) graph.update(announcement, 0, false)
  return graph
}

it('a member behind a neighbour is reached through it', () => {
  const graph = graphOf(says(2, [ME, 3]), says(3, [2, 4]), says(4, [3]))
  assert.deepEqual(
    [...graph.routes([2], [])],
    [
      [2, 2],
      [3, 2],
      [4, 2],
    ],
  )
})

it('an edge that only one end claims does not count', () => {
  const graph = graphOf(says(2, [ME, 3]), says(3, [4]))
  assert.deepEqual([...graph.routes([2], []).keys()], [2])
})

it('of two ways of equal length the one through a bot is taken', () => {
  const graph = graphOf(says(2, [4]), says(3, [4], { url: 'ws://bot/' }), says(4, [2, 3]))
  assert.equal(graph.routes([2, 3], []).get(4), 3)
})

it('a suspended link leads only to those whom nobody else reaches', () => {
  const graph = graphOf(says(2, [3, 4]), says(3, [2]), says(4, [2]))
  const routes = graph.routes([3], [2])
  assert.equal(routes.get(2), 3)
  assert.equal(routes.get(4), 3)
  assert.equal(graph.routes([], [2]).get(4), 2)
})

it('only a higher version is news', () => {
  const graph = graphOf(says(2, [ME], { version: 2 }))
  assert.equal(graph.update(says(2, [], { version: 1 }), 0, true), false)
  assert.equal(graph.update(says(2, [], { version: 2 }), 0, true), false)
  assert.equal(graph.update(says(2, [], { version: 3 }), 0, true), true)
})

it('a live id keeps its incarnation; a dead one makes way', () => {
  const graph = graphOf(says(2, [ME]))
  const other = says(2, [], { incarnation: 'ffffffffffffffff' })
  assert.equal(graph.update(other, 0, true), false)
  assert.equal(graph.update(other, 0, false), true)
})

it('who said goodbye is not believed to be there again', () => {
  const graph = graphOf(says(2, [ME]))
  graph.depart(2, incarnation(2), 0)
  assert.equal(graph.get(2), undefined)
  assert.equal(graph.update(says(2, [ME], { version: 9 }), 1, false), false)
  graph.forget(limits.forget + 1_000, () => false)
  assert.equal(graph.update(says(2, [ME], { version: 9 }), 1, false), true)
})

it('what has not been reached for long is forgotten, and the table is bounded', () => {
  const graph = graphOf(says(2, [ME]), says(3, []))
  graph.forget(limits.forget, (id) => id === 2)
  graph.forget(limits.forget + 1, () => false)
  assert.deepEqual(
    graph.all.map(({ id }) => id),
    [2],
  )
  for (let id = 10; id < 10 + 2 * limits.members; id++) graph.update(says(id, []), 0, false)
  assert.equal(graph.all.length, limits.members)
})

it('nobody tells me who I am', () => {
  assert.equal(graphOf().update(says(ME, [2]), 0, false), false)
})

it('of goodbyes only so many are remembered, the latest', () => {
  const graph = new Graph(1)
  const name = (i: number) => i.toString(16).padStart(16, '0')
  for (let i = 1; i <= 100 * limits.members; i++) graph.depart(i, name(i), i)
  const remembered = Array.from({ length: 100 * limits.members }, (_, i) => graph.hasDeparted(name(i + 1)))
  assert.ok(remembered.at(-1) && remembered.at(-limits.members))
  assert.ok(remembered.filter(Boolean).length <= 4 * limits.members)
})

it('a member hears of its neighbours and of theirs, and not through me', () => {
  const graph = graphOf(says(2, [ME, 3]), says(3, [2]), says(4, [3]), says(5, [ME]))
  const heard = (listener: number) =>
    [3, 4, 5].filter((id) => graph.isHeardBy({ id: listener, incarnation: incarnation(listener) }, id))
  assert.deepEqual(heard(2), [3, 4])
  assert.deepEqual(heard(9), [])
  assert.equal(graph.isHeardBy({ id: 2, incarnation: incarnation(9) }, 3), false)
})

it('a member is linked when the other one says so too, and with somebody other than me', () => {
  const graph = graphOf(says(2, [3]), says(3, [2]), says(4, [3]), says(5, [ME]))
  assert.deepEqual(
    [2, 3, 4, 5, 6].filter((id) => graph.isLinked(id)),
    [2, 3],
  )
})
