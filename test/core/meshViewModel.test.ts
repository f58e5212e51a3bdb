// Who sees whom: four members, and a model that is nothing but the set of pairs that can have a link. When things have
// calmed down, each member's view is its part of that graph, however it came about. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { MeshStage } from './meshStage.js'

const COUNT = 4
const IDS = [1, 2, 3, 4] as const
type Id = (typeof IDS)[number]
type Pair = readonly [Id, Id]
const PAIRS: readonly Pair[] = IDS.flatMap((a) => IDS.filter((b) => a < b).map((b): Pair => [a, b]))

/** The model: which pairs can be linked. */
class Graph {
  private readonly pairs: Set<string>

  constructor(pairs: readonly Pair[]) {
    this.pairs = new Set(pairs.map(String))
  }

  has(a: number, b: number): boolean {
    return this.pairs.has(String([Math.min(a, b), Math.max(a, b)]))
  }

  allow(pair: Pair, isAllowed: boolean): void {
    if (isAllowed) this.pairs.add(String(pair))
    else this.pairs.delete(String(pair))
  }

  /** All whom `id` reaches over any number of pairs, without itself. */
  reach(id: number): readonly number[] {
    const reached = [id]
    for (const from of reached)
      for (const to of IDS) if (this.has(from, to) && !reached.includes(to)) reached.push(to)
    return reached.filter((one) => one !== id).sort()
  }
}

/** A Sigver that introduces whoever can be linked and is not in touch. */
function introduceAll(stage: MeshStage, graph: Graph): void {
  for (const [a, b] of PAIRS)
    if (graph.has(a, b) && !stage.member(a).view.includes(b)) stage.member(a).introduce(stage.member(b))
}

/** Longer than it takes to give up a silent member that Sigver still sees. */
const CALM = limits.watchedDead + limits.quiet + 5_000

function calmDown(stage: MeshStage, graph: Graph): void {
  // Twice: an introduction may meet what is left of a link that has just broken.
  for (const time of [CALM, 5_000]) {
    introduceAll(stage, graph)
    stage.settle(time)
  }
}

function assertViews(stage: MeshStage, graph: Graph): void {
  for (const member of stage.members) {
    const { view } = member.mesh
    assert.deepEqual([...member.view].sort(), graph.reach(member.id), `what ${member.id} sees`)
    assert.deepEqual([...view.connected.map(({ id }) => id)].sort(), graph.reach(member.id))
    for (const id of view.neighbors) assert.ok(graph.has(member.id, id), `${member.id} has a link with ${id}`)
    for (const { id } of view.members) {
      const kind = view.reach(id)?.kind
      assert.equal(kind === 'relayed', !view.neighbors.includes(id), `${member.id} reaches ${id}: ${kind}`)
    }
  }
}

type Action = (stage: MeshStage, graph: Graph) => void
const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })

const anyPair = fc.constantFrom(...PAIRS)
const anyAction = fc.oneof(
  {
    weight: 2,
    arbitrary: anyPair.map((pair) =>
      named(`cut ${pair}`, (stage, graph) => {
        graph.allow(pair, false)
        stage.world.cut(...pair)
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: anyPair.map((pair) => named(`allow ${pair}`, (_, graph) => graph.allow(pair, true))),
  },
  // The transport breaks, and the pair can have another one.
  {
    weight: 1,
    arbitrary: anyPair.map((pair) => named(`break ${pair}`, (stage) => stage.world.cut(...pair))),
  },
  { weight: 1, arbitrary: fc.constant(named('introduce', introduceAll)) },
  {
    weight: 2,
    arbitrary: fc.nat(6_000).map((time) => named(`settle ${time}`, (stage) => stage.settle(time))),
  },
  { weight: 2, arbitrary: fc.nat(600).map((time) => named(`pass ${time}`, (stage) => stage.pass(time))) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.nat(20), { maxLength: 20 })
      .map((choices) =>
        named(`steps ${choices}`, (stage) => choices.forEach((choice) => stage.step(choice))),
      ),
  },
)

const anyMembers = fc.array(fc.record({ listens: fc.boolean(), rtc: fc.constant(true) }), {
  minLength: COUNT,
  maxLength: COUNT,
})

test('whatever links break and come back, in the end everyone sees exactly those whom links between pairs lead to', () => {
  fc.assert(
    fc.property(
      anyMembers,
      fc.subarray([...PAIRS]),
      fc.array(anyAction, { maxLength: 25, size: 'max' }),
      (members, pairs, actions) => {
        const graph = new Graph(pairs)
        const stage = new MeshStage(members, (dialer, other) => graph.has(dialer, other))
        introduceAll(stage, graph)
        for (const action of actions) action(stage, graph)
        calmDown(stage, graph)
        assertViews(stage, graph)
      },
    ),
    { numRuns: 25 },
  )
})

test('who leaves is gone from every view at once that hears of it, and the others still see each other', () => {
  fc.assert(
    fc.property(anyMembers, fc.constantFrom(...IDS), fc.nat(200), (members, leaving, time) => {
      const graph = new Graph(PAIRS)
      const stage = new MeshStage(members, (dialer, other) => graph.has(dialer, other))
      introduceAll(stage, graph)
      stage.settle(10_000)
      assertViews(stage, graph)
      stage.member(leaving).act(() => stage.member(leaving).mesh.leave())
      stage.settle(limits.farewell + time)
      for (const pair of PAIRS) if (pair.includes(leaving)) graph.allow(pair, false)
      for (const { id, view } of stage.members)
        if (id !== leaving) assert.deepEqual([...view].sort(), graph.reach(id))
      const facts = stage.member(leaving).facts.map(({ fact }) => fact)
      assert.equal(facts.filter((fact) => fact === 'released').length, 1)
      assert.deepEqual(stage.member(leaving).timers.size, 0)
    }),
    { numRuns: 25 },
  )
})
