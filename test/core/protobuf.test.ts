// core/protobuf.ts speaks Protocol Buffers: the same bytes as protobufjs, for every message of both files.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { peer } from '../../src/core/generated/peer.js'
import { signaling } from '../../src/core/generated/signaling.js'
import type { Codec } from '../../src/core/protobuf.js'

type Message = Record<string, unknown>

const ours: Record<string, Record<string, Codec<Message, Message>>> = { peer, signaling } as never

function typesOf(name: string): protobuf.Type[] {
  const root = protobuf.loadSync(`proto/${name}.proto`).resolveAll()
  return (root.lookup(name) as protobuf.Namespace).nestedArray.filter((it) => it instanceof protobuf.Type)
}

const scalars: Record<string, fc.Arbitrary<unknown>> = {
  uint32: fc.oneof(fc.nat(300), fc.nat(0xffff_ffff)),
  fixed32: fc.nat(0xffff_ffff),
  bool: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }),
  bytes: fc.uint8Array({ maxLength: 300 }),
}

function messageOf(type: protobuf.Type): fc.Arbitrary<Message> {
  const arbitraryOf = (field: protobuf.Field): fc.Arbitrary<unknown> => {
    const { resolvedType } = field.resolve()
    const one = resolvedType instanceof protobuf.Type ? messageOf(resolvedType) : scalars[field.type]
    assert.ok(one, field.fullName)
    return field.repeated ? fc.array(one, { maxLength: 5 }) : one
  }
  const plain = type.fieldsArray.filter((field) => !field.partOf)
  const parts = plain.map((field) => [field.name, arbitraryOf(field)] as const)
  const message: fc.Arbitrary<Message> = fc.record(Object.fromEntries(parts), { requiredKeys: [] })
  const choices = type.fieldsArray.filter((field) => field.partOf)
  if (choices.length === 0) return message
  const choice = fc.oneof(
    ...choices.map((field) => arbitraryOf(field).map((value) => ({ [field.name]: value }))),
  )
  return fc.tuple(message, choice).map(([some, one]) => ({ ...some, ...one }))
}

/** Well formed, of any number and wire type: hardly ever what the table says. */
const anyField = fc
  .tuple(fc.nat(15), fc.constantFrom(0, 1, 2, 5), fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(8))
  .map(([number, wireType, bytes, length]) => {
    const value = bytes.map((byte) => byte & 127)
    const contents = {
      0: [value[0]],
      1: [...value],
      2: [length, ...value.slice(0, length)],
      5: value.slice(0, 4),
    }
    return [(number << 3) | wireType, ...(contents[wireType] as number[])]
  })
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.array(anyField, { maxLength: 6 }).map((fields) => Uint8Array.from(fields.flat())),
)

for (const name of ['peer', 'signaling']) {
  for (const type of typesOf(name)) {
    const codec = ours[name]?.[type.name]
    assert.ok(codec, type.fullName)

    test(`${name}.${type.name} has the bytes that protobufjs writes, and is read from them`, () => {
      fc.assert(
        fc.property(messageOf(type), (message) => {
          const bytes = codec.encode(message)
          assert.equal(
            Buffer.from(bytes).toString('hex'),
            Buffer.from(type.encode(message).finish()).toString('hex'),
          )
          assert.deepEqual(codec.encode(codec.decode(bytes)), bytes)
          assert.deepEqual(codec.encode(type.decode(bytes) as never), bytes)
        }),
      )
    })

    test(`${name}.${type.name} is read from any bytes as protobufjs does, or both refuse`, () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          let expected: Message | undefined
          try {
            expected = type.decode(bytes) as never
          } catch {
            return // A group, say, which is refused by ours, too, or an odd tag.
          }
          let message: Message
          try {
            message = codec.decode(bytes)
          } catch {
            return
          }
          assert.deepEqual(codec.encode(message), codec.encode(expected))
        }),
        { numRuns: 2000 },
      )
    })
  }
}
