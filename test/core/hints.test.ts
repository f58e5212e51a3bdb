// What a room is told of those whose sockets closed, and when: the waves of hints.ts by themselves.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Hints } from '../../src/core/hints.js'
import * as limits from '../../src/core/limits.js'
import { peerOf } from './identity.js'

it('a wave in which nobody else goes is over with its window, and the next one is told of at once', () => {
  const hints = new Hints()
  assert.deepEqual(hints.leave(peerOf(1), 9, 0), [peerOf(1)])
  assert.equal(hints.due, limits.hintWindow)
  assert.deepEqual(hints.flush(8, limits.hintWindow), [])
  assert.equal(hints.due, undefined)
  assert.deepEqual(hints.leave(peerOf(2), 8, limits.hintWindow), [peerOf(2)])
})
