// User data goes into blocks and comes out unchanged; what makes no sense is refused without allocating for it.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Data } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { type Block, cut, goodbyeBlock, Packer, payloadOf, Unpacker } from '../../src/core/message.js'

const NOTHING_YET = { messages: [], isGoodbye: false }
const bytesOf = (block: Block) => Uint8Array.from([...block.bytes, ...block.tail])

/** As the outbox does it. */
function blocksOf(messages: readonly Data[]): Block[] {
  const blocks: Block[] = []
  const packer = new Packer()
  for (const data of messages) {
    const payload = payloadOf(data)
    const isText = typeof data === 'string'
    if (!packer.fits(payload) && !packer.isEmpty) blocks.push(packer.take())
    if (packer.fits(payload)) packer.add(payload, isText)
    else blocks.push(...cut(payload, isText))
  }
  if (!packer.isEmpty) blocks.push(packer.take())
  return blocks
}

function read(blocks: readonly Block[], maxMessageSize: number = limits.messageSize): Data[] {
  const unpacker = new Unpacker(maxMessageSize)
  return blocks.flatMap((block) => {
    const reading = unpacker.read(bytesOf(block))
    assert.ok(reading, 'the block makes no sense')
    return reading.messages
  })
}

const sizes = [
  0,
  1,
  127,
  128,
  limits.block - 6,
  limits.block - 5,
  limits.block - 4,
  limits.block,
  limits.block + 1,
  limits.fragment - 1,
  limits.fragment,
  limits.fragment + 1,
  2 * limits.fragment,
  2 * limits.fragment + 1,
  1_000_000,
]

for (const size of sizes)
  it(`a message of ${size} bytes arrives unchanged`, () => {
    const data = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 256)
    assert.deepEqual(read(blocksOf([data])), [data])
    const text = 'é'.repeat(size / 2) + (size % 2 ? 'x' : '')
    assert.deepEqual(read(blocksOf([text])), [text])
  })

it('any sequence of texts and bytes arrives in order', () => {
  const message = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 50 }),
    fc.uint8Array({ maxLength: 100 }),
    fc.nat(100_000).map((size) => new Uint8Array(size).fill(size)),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      assert.deepEqual(read(blocksOf(messages)), messages)
    }),
    { numRuns: 100 },
  )
})

it('small messages share a block, and no block is larger than a frame may be', () => {
  const blocks = blocksOf(Array.from({ length: 1000 }, () => new Uint8Array(100)))
  assert.equal(blocks.length, Math.ceil((1000 * 102) / limits.block))
  for (const block of blocksOf([new Uint8Array(1_000_000)])) assert.ok(block.size < limits.frame - 100)
})

it('a large message is not copied before it is sent', () => {
  const payload = payloadOf(new Uint8Array(500_000))
  for (const block of cut(payload, false)) assert.equal(block.tail.buffer, payload.buffer)
})

it('what a user is given is its own memory', () => {
  const [block] = blocksOf([Uint8Array.of(1, 2, 3)])
  assert.ok(block)
  const frame = bytesOf(block)
  const reading = new Unpacker(100).read(frame)
  frame.fill(9)
  assert.deepEqual(reading?.messages, [Uint8Array.of(1, 2, 3)])
})

it('nothing is read behind a goodbye', () => {
  const goodbye = bytesOf(goodbyeBlock())
  const [after] = blocksOf(['too late'])
  assert.ok(after)
  const reading = new Unpacker(100).read(Uint8Array.of(...goodbye, ...bytesOf(after)))
  assert.deepEqual(reading, { messages: [], isGoodbye: true })
})

it('a goodbye is told as such, with what stands before it', () => {
  const [before] = blocksOf(['the last words'])
  assert.ok(before)
  const reading = new Unpacker(100).read(Uint8Array.of(...bytesOf(before), ...bytesOf(goodbyeBlock())))
  assert.deepEqual(reading, { messages: ['the last words'], isGoodbye: true })
})

it('a message above the maximum is refused', () => {
  const [first] = blocksOf([new Uint8Array(200_000)])
  assert.ok(first)
  assert.equal(new Unpacker(199_999).read(bytesOf(first)), undefined)
  assert.ok(new Unpacker(200_000).read(bytesOf(first)))
})

it('a claimed size alone allocates nothing', () => {
  // FIRST_BINARY of one byte, which claims 500 MiB.
  const total = 500 * 1024 * 1024
  const varint: number[] = []
  for (let rest = total; rest > 0; rest = Math.floor(rest / 128))
    varint.push((rest % 128) | (rest >= 128 ? 128 : 0))
  const before = process.memoryUsage().arrayBuffers
  const unpackers = Array.from({ length: 50 }, () => new Unpacker(limits.messageSize))
  for (const unpacker of unpackers)
    assert.deepEqual(unpacker.read(Uint8Array.of(1 * 8 + 2, ...varint, 1)), NOTHING_YET)
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
})

const nonsense: readonly [string, readonly number[]][] = [
  ['a length beyond the block', [100 * 8 - 256 + 0, 6, 1, 2]],
  ['a middle without a first', [1 * 8 + 4, 1]],
  ['a last without a first', [1 * 8 + 5, 1]],
  ['an unknown kind', [1 * 8 + 7, 1]],
  ['a first that is already whole', [1 * 8 + 2, 1, 9]],
  ['an unfinished length', [0x80]],
  ['an endless length', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
]
for (const [name, bytes] of nonsense)
  it(`${name} is refused`, () => {
    assert.equal(new Unpacker(1000).read(Uint8Array.from(bytes)), undefined)
  })

it('a whole message within a large one is refused', () => {
  const [first] = blocksOf([new Uint8Array(200_000)])
  const [small] = blocksOf(['hello'])
  assert.ok(first && small)
  const unpacker = new Unpacker(1_000_000)
  assert.deepEqual(unpacker.read(bytesOf(first)), NOTHING_YET)
  assert.equal(unpacker.read(bytesOf(small)), undefined)
})

it('a large message neither ends before its end nor goes beyond it', () => {
  const begun = () => {
    const unpacker = new Unpacker(1000)
    // The first of three bytes.
    assert.deepEqual(unpacker.read(Uint8Array.of(1 * 8 + 2, 3, 7)), NOTHING_YET)
    return unpacker
  }
  assert.equal(begun().read(Uint8Array.of(1 * 8 + 5, 7)), undefined)
  assert.equal(begun().read(Uint8Array.of(3 * 8 + 4, 7, 7, 7)), undefined)
  assert.equal(begun().read(Uint8Array.of(2 * 8 + 5, 7, 7))?.messages.length, 1)
})

it('what the user does with the bytes after send() changes nothing', () => {
  const data = Uint8Array.of(1, 2, 3)
  const payload = payloadOf(data)
  data.fill(0)
  assert.deepEqual(payload, Uint8Array.of(1, 2, 3))
})
