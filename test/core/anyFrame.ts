// Frames of all kinds for fast-check, and changes to their bytes. Used by the tests of wire.ts, the lobby and the group.
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import type { Announcement, Frame, Hello } from '../../src/core/wire.js'

export const ordinary = { noNullPrototype: true }
export const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const incarnation = bytesOf(8).map(hex)
export const anyId = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 0xffffffff }))
const linkName = fc.record({ dialer: uint32, attempt: uint32 }, ordinary)

const anyHello: fc.Arbitrary<Hello> = fc.record(
  {
    versionMin: fc.nat(3),
    versionMax: fc.nat(3),
    topic: bytesOf(32),
    id: anyId,
    incarnation,
    peerId: fc.constant(0),
    peerIncarnation: fc.constant(''),
    nonce: bytesOf(16),
    proof: bytesOf(32),
    name: linkName,
    url: fc.string({ maxLength: limits.url }),
    held: fc.array(linkName, { maxLength: 8 }),
    key: fc.string({ maxLength: 40 }),
    tag: uint32,
  },
  ordinary,
)

const anyAnnouncement: fc.Arbitrary<Announcement> = fc.record(
  {
    id: anyId,
    incarnation,
    version: uint32,
    neighbors: fc.array(anyId, { maxLength: 12 }),
    url: fc.oneof(fc.constant(''), fc.constant('ws://10.0.0.1/'), fc.string({ maxLength: 60 })),
    rtc: fc.boolean(),
  },
  ordinary,
)

/** `incarnations`: those that a target would believe. */
export const framesTo = (
  incarnations: fc.Arbitrary<string>,
  tags: fc.Arbitrary<number>,
): fc.Arbitrary<Frame> => {
  const type = <Type extends Frame['type']>(name: Type) => ({ type: fc.constant(name) })
  const counts = { number: fc.oneof(fc.nat(5), uint32), ack: fc.oneof(fc.nat(5), uint32), bulkAck: uint32 }
  return fc.oneof(
    fc.record({ ...type('challenge'), version: uint32, nonce: bytesOf(16) }, ordinary),
    fc.record({ ...type('hello'), hello: anyHello }, ordinary),
    fc.record({ ...type('announcements'), members: fc.array(anyAnnouncement, { maxLength: 20 }) }, ordinary),
    fc.record(
      {
        ...type('open'),
        tag: fc.integer({ min: 1, max: 5 }),
        peerTag: tags,
        incarnation,
        peerIncarnation: incarnations,
        isOpen: fc.boolean(),
      },
      ordinary,
    ),
    fc.record({ ...type('data'), tag: tags, bulk: fc.boolean(), ...counts }, ordinary),
    fc.record({ ...type('ack'), tag: tags, ack: counts.ack, bulkAck: uint32, gap: fc.boolean() }, ordinary),
    fc.record({ ...type('reset'), tag: tags }, ordinary),
    fc.record({ ...type('ping'), number: uint32, tag: tags }, ordinary),
    fc.record({ ...type('pong'), number: uint32 }, ordinary),
    fc.constant<Frame>({ type: 'signal' }),
  )
}
export const anyFrame = framesTo(incarnation, uint32)
export const anyRoute = fc.oneof(
  fc.constant({ from: 0, to: 0, hops: 0 }),
  fc.record({ from: anyId, to: anyId, hops: fc.nat(limits.hops) }, ordinary),
)

/** Some bytes changed, removed or put in. */
export const mutation = fc.array(
  fc.record({ at: fc.nat(), kind: fc.constantFrom('change', 'remove', 'insert', 'cut'), byte: fc.nat(255) }),
  { minLength: 1, maxLength: 6 },
)
export function mutate(bytes: Uint8Array, steps: { at: number; kind: string; byte: number }[]): Uint8Array {
  let mutated = [...bytes]
  for (const { at, kind, byte } of steps) {
    const position = at % (mutated.length + 1)
    if (kind === 'change') mutated[position] = byte
    else if (kind === 'remove') mutated.splice(position, 1)
    else if (kind === 'insert') mutated.splice(position, 0, byte)
    else mutated = mutated.slice(0, position)
  }
  return Uint8Array.from(mutated)
}
