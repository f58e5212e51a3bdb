// Bytes that core/protobuf.ts does not read: it throws, and its callers drop the frame.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Reader } from '../../src/core/bytes.js'
import { codecs } from '../../src/core/protobuf.js'

it('a number of more bytes than 64 bits need is refused', () => {
  const number = (length: number) => Uint8Array.from({ length }, (_, i) => (i < length - 1 ? 128 : 1))
  assert.equal(new Reader(number(10)).uint32(), 0)
  assert.throws(() => new Reader(number(11)).uint32(), RangeError)
})

it('a field of a kind that Protocol Buffers do not have, or that is a group, is refused', () => {
  for (const wireType of [3, 4, 6, 7])
    assert.throws(() => new Reader(new Uint8Array(20)).skip(wireType), RangeError)
})

it('text that is no UTF-8 is refused', () => {
  const { Note } = codecs({ Note: { empty: () => ({ text: '' }), fields: '1 string' } })
  const note = (...text: number[]) => Uint8Array.of(10, text.length, ...text)
  assert.deepEqual(Note?.decode(note(0xc3, 0xa9)), { text: 'é' })
  assert.throws(() => Note?.decode(note(0xc3, 0x28)), TypeError)
})

it('a field of another kind than its own is no choice: the one that came before stays', () => {
  const { Choice } = codecs({
    Choice: { empty: () => ({ text: '', other: '' }), fields: '1 string?, 2 string?' },
  })
  const text = [10, 1, 97]
  assert.deepEqual(Choice?.decode(Uint8Array.of(...text, 21, 0, 0, 0, 0)), { text: 'a', other: undefined })
  assert.deepEqual(Choice?.decode(Uint8Array.of(...text, 18, 1, 98)), { text: undefined, other: 'b' })
})
