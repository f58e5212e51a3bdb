// What comes before JOINED waits: bounded, told once, and nothing of who has left meanwhile.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Early } from '../../src/core/early.js'
import * as limits from '../../src/core/limits.js'

it('messages that wait are told once', () => {
  const early = new Early()
  early.add(2, ['a'])
  assert.equal(early.take().length, 1)
  assert.equal(early.take().length, 0)
})

it('nothing of who has left is told', () => {
  const early = new Early()
  early.add(2, ['a'])
  early.add(3, ['b'])
  early.drop(2)
  assert.deepEqual(early.take(), [{ id: 3, data: ['b'] }])
})

it('no more is taken above the bound, until what waits is told', () => {
  const early = new Early()
  early.add(2, [new Uint8Array(limits.early - 2000), new Uint8Array(1000)])
  assert.equal(early.isFull, false)
  early.add(2, [new Uint8Array(1000)])
  assert.equal(early.isFull, true)
  early.take()
  assert.equal(early.isFull, false)
})
