// What instances of Sigver tell each other, as it is understood once its signature was right: another version may be wrong.
import assert from 'node:assert/strict'
import { Writer } from '../../../src/core/bytes.js'
import {
  decodeToInstance,
  encodeToInstance,
  type Part,
  partsIn,
  type ToInstance,
  writePart,
} from '../../../src/core/clusterWire.js'
import * as limits from '../../../src/core/limits.js'
import { mutateFields } from '../fields.js'
import { bytesOf, countOf, idOf, textOf } from '../parts.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

function partOf(random: Random): Part {
  const seat = idOf(random)
  const kind = random.pick(['anew', 'arrived', 'said', 'left', 'told', 'dismissed', 'resync'] as const)
  switch (kind) {
    case 'anew':
    case 'resync':
      return { kind }
    case 'arrived':
      return { kind, seat, topic: textOf(random, 43), frame: random.few(300) }
    case 'said':
    case 'told':
      return { kind, seat, frame: random.few(300) }
    case 'left':
      return { kind, seat }
    case 'dismissed':
      return { kind, seat, code: 4000 + random.below(20) }
  }
}

function written(parts: readonly Part[]): Uint8Array {
  const writer = new Writer()
  for (const part of parts) writePart(writer, part)
  return writer.finish()
}

function messageOf(random: Random): ToInstance {
  const type = random.pick(['beat', 'hello', 'batch', 'batch', 'bye'] as const)
  switch (type) {
    case 'beat':
      return { type, number: random.uint32() }
    case 'hello':
      return { type, nonce: bytesOf(random, 16), answer: bytesOf(random, 16) }
    case 'batch': {
      const parts = random.list(countOf(random, 50), () => partOf(random))
      return { type, number: random.uint32(), session: bytesOf(random, 16), parts: written(parts) }
    }
    case 'bye':
      return { type }
  }
}

function decode(input: Uint8Array): unknown {
  const message = decodeToInstance(input)
  return message?.type === 'batch' ? partsIn(message.parts) : message
}

/** A batch of the same small part, up to the end. */
const flood = (part: string): Uint8Array =>
  encodeToInstance({
    type: 'batch',
    number: 1,
    session: new Uint8Array(16),
    parts: Buffer.alloc(limits.payload - 40, Buffer.from(part, 'hex')),
  })

export const instanceFrames: Target = {
  name: 'frames-between-sigvers',
  valid: (random) => encodeToInstance(messageOf(random)),
  restructure: mutateFields,
  // Nothing, nothing with a seat, of no known kind, with a topic, and a message that is full of messages.
  floods: [
    ...['0100000000', '0401000000', '6300000000', '030100017800'].map(flood),
    ...['2200', '1a00'].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  ],
  largest: limits.payload,
  decode,
  check(input) {
    const message = decodeToInstance(input)
    if (message?.type !== 'batch') return
    const parts = partsIn(message.parts)
    assert.deepEqual(partsIn(written(parts)), parts, 'written again it says something else')
  },
  // Five bytes are a part, with two views.
  memory: { times: 80, constant: 16_000 },
  weight: 1,
}
