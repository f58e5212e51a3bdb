// Blocks of a session: whatever comes, an Unpacker gives no more than came, and keeps no more than twice that.
// An input is several blocks, each behind two bytes with its length.
import assert from 'node:assert/strict'
import * as limits from '../../../src/core/limits.js'
import { type Block, cut, goodbyeBlock, Packer, type Reading, Unpacker } from '../../../src/core/message.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

const LARGEST = 60_000
/** Small, so that messages above it are common. */
const MAX_MESSAGE = 100_000

function blocksOf(random: Random): Block[] {
  if (random.once(8)) return [goodbyeBlock()]
  if (random.once(200)) return cut(new Uint8Array(limits.fragment + 1 + random.below(2)), random.once(2))
  const payload = random.few(60)
  if (random.once(3)) return cutSmall(payload, random)
  const packer = new Packer()
  for (let count = random.between(1, 4); count > 0; count--) packer.add(random.few(40), random.once(3))
  return [packer.take()]
}

/** As cut() does it with large messages: fragments of a few bytes find the same mistakes sooner. */
function cutSmall(payload: Uint8Array, random: Random): Block[] {
  const [FIRST, MIDDLE, LAST] = [2 + random.below(2), 4, 5]
  const size = random.between(1, 8)
  const blocks: Block[] = []
  for (let at = 0; at < payload.length; at += size) {
    const part = payload.subarray(at, at + size)
    const kind = at === 0 ? FIRST : at + part.length >= payload.length ? LAST : MIDDLE
    const head = [part.length * 8 + kind, ...(kind === FIRST ? [payload.length] : [])]
    blocks.push({ bytes: Uint8Array.from([...head, ...part]), tail: new Uint8Array(0), size: 0, holders: 0 })
  }
  return blocks
}

function valid(random: Random): Uint8Array {
  const parts: Uint8Array[] = []
  for (let count = random.between(1, 5); count > 0; count--)
    for (const { bytes, tail } of blocksOf(random)) {
      const length = bytes.length + tail.length
      parts.push(Uint8Array.of(length >> 8, length & 255), bytes, tail)
    }
  return Buffer.concat(parts)
}

function* split(input: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + 2 <= input.length;) {
    const length = ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0)
    yield input.subarray(at + 2, at + 2 + length)
    at += 2 + length
  }
}

function read(input: Uint8Array): Reading[] {
  const unpacker = new Unpacker(MAX_MESSAGE)
  const read: Reading[] = []
  for (const block of split(input)) {
    const reading = unpacker.read(block)
    if (!reading) break
    read.push(reading)
  }
  return read
}

/** What it holds of a message that is not whole yet. */
const keptBy = (unpacker: Unpacker): number =>
  Object.values(unpacker).reduce<number>(
    (sum, value: unknown) => sum + (value instanceof Uint8Array ? value.buffer.byteLength : 0),
    0,
  )

function check(input: Uint8Array): void {
  const unpacker = new Unpacker(MAX_MESSAGE)
  let came = 0
  let given = 0
  for (const block of split(input)) {
    came += block.length
    const reading = unpacker.read(block)
    if (!reading) return
    for (const { length } of reading.messages) {
      assert.ok(length <= MAX_MESSAGE)
      // Of a text the characters: bytes that are no UTF-8 become U+FFFD one by one.
      given += length
    }
    assert.ok(given <= came, `${came} bytes came, ${given} are given`)
    assert.ok(keptBy(unpacker) <= 2 * came, `${came} bytes came, ${keptBy(unpacker)} are kept`)
  }
}

/** A block of nothing but empty messages, goodbyes, or empty fragments. */
const FLOODS = ['00', '01', '06', '1200', '0861', '120161'].map((part) =>
  Buffer.concat([Uint8Array.of(0xea, 0x5e), Buffer.alloc(LARGEST - 2, Buffer.from(part, 'hex'))]),
)

export const blocks: Target = {
  name: 'blocks',
  valid,
  floods: FLOODS,
  largest: LARGEST,
  decode: read,
  check,
  // One byte may be an empty message: a Uint8Array of its own, in an object.
  memory: { times: 400, constant: 16_000 },
  weight: 1.5,
}
