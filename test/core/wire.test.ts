// Peer frames come back as they were, and only so large ones are read. What else bytes may do is in test/fuzz.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'
import { anyFrame, anyRoute } from './anyFrame.js'

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      ArrayBuffer.isView(part) ? [...(part as Uint8Array)] : part,
    ),
  )

test('every frame comes back as it was, with its route and what follows it', () => {
  fc.assert(
    fc.property(anyFrame, anyRoute, fc.uint8Array({ maxLength: 100 }), (frame, route, payload) => {
      const envelope = decodeFrame(encodeFrame(frame, route, payload))
      assert.deepEqual(plain(envelope), plain({ ...route, frame, payload }))
    }),
  )
})

test('a frame above limits.frame is none, whatever it says', () => {
  const rest = limits.frame - encodeFrame({ type: 'signal' }).length
  assert.ok(decodeFrame(encodeFrame({ type: 'signal' }, undefined, new Uint8Array(rest))))
  assert.equal(decodeFrame(encodeFrame({ type: 'signal' }, undefined, new Uint8Array(rest + 1))), undefined)
})
