// Who is connected with whom in a room, against a model: a set of claims, and a search over those that are mutual.
// fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Components, Occupant } from '../../src/core/components.js'
import { peerOf } from './identity.js'

const IDS = [1, 2, 3, 4, 5, 6]
const anyId = fc.constantFrom(...IDS)

/** An id and which life of it: those who claim it may mean another one. */
type Name = `${number}.${number}`
const nameOf = (id: number, life: number): Name => `${id}.${life}`
const anyName = fc.tuple(anyId, fc.constantFrom(0, 0, 0, 1))

class Model {
  /** What each who is present claims, by name, in the order of arrival. */
  readonly present = new Map<Name, ReadonlySet<Name>>()
  readonly occupants = new Map<Name, Occupant>()

  areConnected(a: Name, b: Name): boolean {
    return a !== b && (this.present.get(a)?.has(b) ?? false) && (this.present.get(b)?.has(a) ?? false)
  }

  components(): Name[][] {
    const left = new Set(this.present.keys())
    const components: Name[][] = []
    for (const first of left) {
      const component = [first]
      for (const name of component) {
        left.delete(name)
        for (const other of left)
          if (this.areConnected(name, other) && !component.includes(other)) component.push(other)
      }
      components.push(component.sort())
    }
    return components
  }
}

type Action = (components: Components, model: Model) => void
const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })

const arriving = anyName.map(([id, life]) =>
  named(`${nameOf(id, life)} arrives`, (components, model) => {
    if (components.holder(id)) return
    const occupant = new Occupant(peerOf(id, life), false)
    components.arrive(occupant)
    model.present.set(nameOf(id, life), new Set())
    model.occupants.set(nameOf(id, life), occupant)
  }),
)

const leaving = anyName.map(([id, life]) =>
  named(`${nameOf(id, life)} leaves`, (components, model) => {
    const occupant = components.find(peerOf(id, life))
    assert.equal(occupant !== undefined, model.present.has(nameOf(id, life)))
    if (!occupant) return
    components.leave(occupant)
    model.present.delete(nameOf(id, life))
  }),
)

const claiming = fc
  .tuple(anyName, fc.array(anyName, { maxLength: 6, size: 'max' }))
  .map(([[id, life], names]) =>
    named(
      `${nameOf(id, life)} claims ${names.map(([id, life]) => nameOf(id, life))}`,
      (components, model) => {
        const occupant = components.find(peerOf(id, life))
        if (!occupant) return
        components.claim(
          occupant,
          names.map(([id, life]) => peerOf(id, life)),
        )
        // Of two lives of one id the later word counts: nobody is connected with both.
        const claimed = new Map(names.map(([id, life]) => [id, nameOf(id, life)]))
        claimed.delete(id)
        model.present.set(nameOf(id, life), new Set(claimed.values()))
      },
    ),
  )

function assertSame(components: Components, model: Model): void {
  const found = components.list()
  const expected = model.components()
  const nameIn = ({ id, incarnation }: { id: number; incarnation: string }) =>
    nameOf(id, incarnation === peerOf(id, 1).incarnation ? 1 : 0)
  assert.deepEqual(
    found.map((peers) => peers.map(nameIn).sort()),
    expected,
    'the components, that of the oldest first',
  )
  assert.equal(components.size, model.present.size)
  for (const a of model.present.keys()) {
    const one = model.occupants.get(a)
    assert.ok(one && components.of(one).includes(one))
    const kept = one.claims.filter((claimed) => claimed instanceof Occupant)
    assert.ok(
      kept.every((claimed) => components.find(claimed) === claimed),
      'nothing is kept of who is gone',
    )
    for (const b of model.present.keys()) {
      const other = model.occupants.get(b)
      assert.ok(other)
      const areConnected: boolean = a !== b && one.claims.includes(other) && other.claims.includes(one)
      assert.equal(areConnected, model.areConnected(a, b), `${a} and ${b}`)
    }
  }
}

test('two are connected when both claim it, and a room falls into exactly the parts that follow from that', () => {
  const anyAction = fc.oneof(
    { weight: 3, arbitrary: arriving },
    { weight: 1, arbitrary: leaving },
    { weight: 6, arbitrary: claiming },
  )
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 50, size: 'max' }), (actions) => {
      const components = new Components()
      const model = new Model()
      for (const action of actions) {
        action(components, model)
        assertSame(components, model)
      }
    }),
    { numRuns: 300 },
  )
})

test('members of a full mesh have one list of claims, also when somebody has come or gone', () => {
  const components = new Components()
  const occupants = IDS.map((id) => new Occupant(peerOf(id, 0), false))
  const lists = () => new Set(occupants.map(({ claims }) => claims)).size
  const claimAll = () =>
    occupants.forEach((one) =>
      components.claim(
        one,
        // In an order of its own, as each learned of the others.
        [...occupants].sort((a, b) => ((a.id * one.id) % 7) - ((b.id * one.id) % 7)),
      ),
    )
  for (const one of occupants) components.arrive(one)
  claimAll()
  assert.equal(lists(), 1)
  const [gone] = occupants.splice(0, 1)
  assert.ok(gone)
  components.leave(gone)
  assert.equal(lists(), 1)
  const back = new Occupant(peerOf(gone.id, 1), false)
  occupants.push(back)
  components.arrive(back)
  claimAll()
  assert.equal(lists(), 1)
})
