// A map that takes memory only while it holds something behaves like any map.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { entered, type LazyMap, NOTHING, without } from '../../src/core/lazyMap.js'

test('whatever is done to it, it holds what a Map would, and an empty one is the one that all share', () => {
  const anyKey = fc.nat(3)
  const anyStep = fc.oneof(
    fc.record({ do: fc.constant('enter' as const), key: anyKey, value: fc.nat() }),
    fc.record({ do: fc.constant('drop' as const), key: anyKey }),
  )
  fc.assert(
    fc.property(fc.array(anyStep), (steps) => {
      let lazy: LazyMap<number, number> = NOTHING
      const map = new Map<number, number>()
      for (const step of steps) {
        if (step.do === 'enter') {
          lazy = entered(lazy, step.key, step.value)
          map.set(step.key, step.value)
        } else {
          lazy = without(lazy, step.key)
          map.delete(step.key)
        }
        assert.deepEqual([...lazy], [...map])
        assert.equal(lazy === NOTHING, map.size === 0)
        assert.equal(NOTHING.size, 0)
      }
    }),
  )
})
