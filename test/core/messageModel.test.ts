// Packing, cutting and putting together again, against a model that is a list of messages. Two streams, as a session has
// them, whose blocks come in any mixture. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Data } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { type Block, cut, Packer, payloadOf, Unpacker } from '../../src/core/message.js'

/** A part of one larger block of noise: sizes matter here, and equal contents would hide mistakes. */
const noise = Uint8Array.from({ length: 400_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255)
const letters = Buffer.from(noise).toString('base64').slice(0, noise.length)

const near = (size: number) => fc.integer({ min: -2, max: 2 }).map((more) => size + more)
const anySize = fc.oneof(
  { weight: 6, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: near(130) },
  { weight: 2, arbitrary: near(limits.block - 5) },
  { weight: 1, arbitrary: near(limits.fragment) },
  { weight: 1, arbitrary: near(2 * limits.fragment) },
  { weight: 1, arbitrary: fc.nat(390_000) },
)
const anyMessage: fc.Arbitrary<Data> = fc
  .tuple(anySize, fc.nat(5_000), fc.boolean())
  .map(([size, from, isText]) =>
    isText ? letters.slice(from, from + Math.max(0, size)) : noise.subarray(from, from + Math.max(0, size)),
  )

interface Step {
  readonly stream: 0 | 1
  /** Undefined: the turn ends, and what is packed becomes a block. */
  readonly message: Data | undefined
}
const anyStep: fc.Arbitrary<Step> = fc.record({
  stream: fc.constantFrom(0 as const, 1 as const),
  message: fc.option(anyMessage, { nil: undefined, freq: 4 }),
})

/** As the outbox does it: small messages together, in the order of all. */
class Sender {
  readonly blocks: Block[] = []
  private readonly packer = new Packer()

  send(data: Data): void {
    const payload = payloadOf(data)
    const isText = typeof data === 'string'
    if (!this.packer.fits(payload)) this.turn()
    if (payload.length + 5 > limits.block) this.blocks.push(...cut(payload, isText))
    else this.packer.add(payload, isText)
  }

  turn(): void {
    if (!this.packer.isEmpty) this.blocks.push(this.packer.take())
  }
}

/** Bytes of a message that is not whole yet. */
function keptBy(unpacker: Unpacker): number {
  const { partial } = unpacker as unknown as { partial: Uint8Array | undefined }
  return partial?.buffer.byteLength ?? 0
}

class Receiver {
  readonly messages: Data[] = []
  private readonly unpacker = new Unpacker(limits.messageSize)
  /** Of the message that is not whole yet. */
  private came = 0

  take({ bytes, tail }: Block): void {
    const frame = Buffer.concat([bytes, tail])
    assert.ok(frame.length <= limits.frame - 200, 'a block that no frame has room for')
    const reading = this.unpacker.read(new Uint8Array(frame))
    assert.ok(reading, 'a block of ours makes no sense')
    this.messages.push(...reading.messages)
    this.came = keptBy(this.unpacker) === 0 ? 0 : this.came + tail.length
    assert.ok(
      keptBy(this.unpacker) <= 2 * this.came,
      `${this.came} bytes came, ${keptBy(this.unpacker)} kept`,
    )
  }
}

const isSame = (a: Data | undefined, b: Data | undefined): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b

function assertSame(came: readonly Data[], sent: readonly Data[]): void {
  assert.equal(came.length, sent.length)
  came.forEach((data, i) => assert.ok(isSame(data, sent[i]), `message ${i} of ${sent.length} is another one`))
}

test('messages of any sizes come back as they were sent, in the order of their stream, and no more is kept than came', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 40, size: 'max' }),
      fc.infiniteStream(fc.boolean()),
      (steps, mixture) => {
        const sent: [Data[], Data[]] = [[], []]
        const senders = [new Sender(), new Sender()] as const
        const receivers = [new Receiver(), new Receiver()] as const
        for (const { stream, message } of steps) {
          if (message === undefined) senders[stream].turn()
          else senders[stream].send(message)
          if (message !== undefined) sent[stream].push(message)
        }
        for (const sender of senders) sender.turn()
        const queues = senders.map(({ blocks }) => [...blocks])
        while (queues.some((queue) => queue.length > 0)) {
          const stream = mixture.next().value === true ? 1 : 0
          const block = queues[stream]?.shift()
          if (block) receivers[stream].take(block)
        }
        for (const stream of [0, 1] as const) assertSame(receivers[stream].messages, sent[stream])
      },
    ),
    { numRuns: 600 },
  )
})

test('a message above the maximum is refused at its first block, one of exactly that size is not', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.constantFrom(-1, 0, 1), (maximum, more) => {
      const payload = noise.subarray(0, Math.max(0, maximum + more))
      const sender = new Sender()
      sender.send(payload)
      sender.turn()
      const [first] = sender.blocks
      assert.ok(first)
      const reading = new Unpacker(maximum).read(new Uint8Array(Buffer.concat([first.bytes, first.tail])))
      assert.equal(reading === undefined, payload.length > maximum)
    }),
    { numRuns: 1_000 },
  )
})
