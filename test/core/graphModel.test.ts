// The graph of announcements against a model: a map of claims, and a search over the edges that both ends claim.
// fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Graph } from '../../src/core/graph.js'
import * as limits from '../../src/core/limits.js'
import type { Announcement } from '../../src/core/wire.js'

const ME = 1
const OTHERS = [2, 3, 4, 5, 6, 7]
const anyId = fc.constantFrom(...OTHERS)

interface Claim {
  readonly incarnation: string
  readonly version: number
  readonly neighbors: readonly number[]
  readonly isBot: boolean
  reachedAt: number
}

const incarnationOf = (id: number, life: number): string => (id * 16 + life).toString(16).padStart(16, '0')

/** What members say and did, kept as plainly as possible. */
class Model {
  now = 0
  readonly claims = new Map<number, Claim>()
  readonly departed = new Map<string, number>()
  reached: ReadonlySet<number> = new Set()

  says(id: number, claim: Claim, isLive: boolean): boolean {
    const known = this.claims.get(id)
    const isSame = known?.incarnation === claim.incarnation
    if (id === ME || this.departed.has(claim.incarnation)) return false
    if (isSame && claim.version <= known.version) return false
    if (known && !isSame && isLive) return false
    this.claims.set(id, claim)
    return true
  }

  bothClaim(a: number, b: number): boolean {
    return (this.claims.get(a)?.neighbors.includes(b) && this.claims.get(b)?.neighbors.includes(a)) ?? false
  }

  /** The number of hops to each, beginning with these; `known` are reached already. */
  hops(starts: readonly number[], known: ReadonlyMap<number, number> = new Map()): Map<number, number> {
    const hops = new Map(known)
    let frontier = starts.filter((id) => !hops.has(id))
    for (let count = 1; frontier.length > 0; count++) {
      for (const id of frontier) hops.set(id, count)
      frontier = OTHERS.filter((id) => !hops.has(id) && frontier.some((from) => this.bothClaim(from, id)))
    }
    return hops
  }

  forget(): void {
    for (const [id, claim] of this.claims) {
      if (this.reached.has(id)) claim.reachedAt = this.now
      else if (this.now - claim.reachedAt > limits.forget) this.claims.delete(id)
    }
    for (const [incarnation, at] of this.departed)
      if (this.now - at > limits.forget) this.departed.delete(incarnation)
  }
}

type Action = (graph: Graph, model: Model) => void
const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })

const saying = fc
  .record({
    id: fc.constantFrom(ME, ...OTHERS),
    life: fc.constantFrom(0, 0, 0, 1),
    version: fc.integer({ min: 1, max: 9 }),
    neighbors: fc.subarray([ME, ...OTHERS]),
    isBot: fc.boolean(),
    isLive: fc.boolean(),
  })
  .map(({ id, life, version, neighbors, isBot, isLive }) =>
    named(`${id}.${life} says in version ${version}: ${neighbors}`, (graph, model) => {
      const incarnation = incarnationOf(id, life)
      const url = isBot ? 'ws://bot/' : ''
      const news: Announcement = { id, incarnation, version, neighbors, url, rtc: true }
      const claim = { incarnation, version, neighbors, isBot, reachedAt: model.now }
      assert.equal(graph.update(news, model.now, isLive), model.says(id, claim, isLive))
    }),
  )

const leaving = fc.tuple(anyId, fc.constantFrom(0, 1)).map(([id, life]) =>
  named(`${id}.${life} leaves`, (graph, model) => {
    const incarnation = incarnationOf(id, life)
    graph.depart(id, incarnation, model.now)
    model.departed.set(incarnation, model.now)
    if (model.claims.get(id)?.incarnation === incarnation) model.claims.delete(id)
  }),
)

const forgetting = fc.nat(2 * limits.forget).map((time) =>
  named(`${time} pass`, (graph, model) => {
    model.now += time
    graph.forget(model.now, (id) => model.reached.has(id))
    model.forget()
  }),
)

const routing = fc.tuple(fc.subarray(OTHERS), fc.subarray(OTHERS)).map(([neighbors, avoided]) =>
  named(`routes over ${neighbors}, at worst ${avoided}`, (graph, model) => {
    const routes = graph.routes(neighbors, avoided)
    const good = model.hops(neighbors)
    const all = model.hops(avoided, good)
    assert.deepEqual([...routes.keys()].sort(), [...all.keys()].sort(), 'who is reached')
    for (const [id, first] of routes) {
      const starts = good.has(id) ? neighbors : avoided
      assert.ok(starts.includes(first), `to ${id} over ${first}`)
      const alone = model.hops([first], good.has(id) ? new Map() : good)
      assert.equal(alone.get(id), all.get(id), `to ${id} over ${first} there are more hops than need be`)
    }
    model.reached = new Set(all.keys())
  }),
)

const anyAction = fc.oneof(
  { weight: 8, arbitrary: saying },
  { weight: 1, arbitrary: leaving },
  { weight: 1, arbitrary: forgetting },
  { weight: 3, arbitrary: routing },
)

test('routes lead to exactly those whom edges claimed by both ends lead to, by the fewest hops', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60, size: 'max' }), (actions) => {
      const graph = new Graph(ME)
      const model = new Model()
      for (const action of actions) {
        action(graph, model)
        assert.deepEqual(graph.all.map(({ id }) => id).sort(), [...model.claims.keys()].sort())
        for (const id of OTHERS) {
          const { version, incarnation } = graph.get(id) ?? {}
          const claim = model.claims.get(id)
          assert.deepEqual([version, incarnation], [claim?.version, claim?.incarnation])
        }
      }
    }),
    { numRuns: 800 },
  )
})
