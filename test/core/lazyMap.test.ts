// A map that takes memory only while it holds something behaves like any map.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LazyMap } from '../../src/core/lazyMap.js'

test('whatever is done to it, it holds what a Map would', () => {
  const anyKey = fc.nat(3)
  const anyStep = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key: anyKey, value: fc.nat() }),
    fc.record({ do: fc.constant('delete' as const), key: anyKey }),
    fc.record({ do: fc.constant('clear' as const) }),
  )
  fc.assert(
    fc.property(fc.array(anyStep), (steps) => {
      const [lazy, map] = [new LazyMap<number, number>(), new Map<number, number>()]
      for (const step of steps) {
        for (const each of [lazy, map])
          if (step.do === 'set') each.set(step.key, step.value)
          else if (step.do === 'delete') each.delete(step.key)
          else each.clear()
        assert.deepEqual([...lazy], [...map])
        assert.deepEqual([...lazy.keys()], [...map.keys()])
        assert.deepEqual([...lazy.values()], [...map.values()])
        assert.equal(lazy.size, map.size)
        assert.equal(lazy.get(1), map.get(1))
      }
    }),
  )
})
