// Mutations that keep a protobuf message whole: a field is changed, dropped, repeated, moved, renamed or nested, and all
// lengths around it are written anew. It needs no schema: what can be read as a message is taken for one.
import type { Random } from './random.js'
import { Reader, Writer } from '../../src/core/bytes.js'

type Value = number | Uint8Array | readonly Field[]

interface Field {
  readonly number: number
  /** Of the wire: 0 varint, 1 eight bytes, 2 delimited, 5 four bytes. */
  readonly type: number
  readonly value: Value
}

const isMessage = (value: Value): value is readonly Field[] => Array.isArray(value)

/** Undefined: not a message. */
function parse(bytes: Uint8Array, depth: number): Field[] | undefined {
  const reader = new Reader(bytes)
  const fields: Field[] = []
  try {
    while (!reader.isAtEnd) {
      const tag = reader.uint32()
      fields.push({ number: tag >>> 3, type: tag & 7, value: read(reader, tag & 7, depth) })
    }
  } catch {
    return undefined
  }
  return fields
}

function read(reader: Reader, type: number, depth: number): Value {
  if (type === 0) return reader.uint32()
  if (type === 5) return reader.fixed32()
  if (type !== 2) throw new RangeError('not one of ours')
  const bytes = reader.delimited()
  const isShort = bytes.length > 0 && bytes.length < 4000
  return (isShort && depth > 0 ? parse(bytes, depth - 1) : undefined) ?? bytes
}

function write(fields: readonly Field[]): Uint8Array {
  const writer = new Writer()
  for (const { number, type, value } of fields) {
    writer.uint32((number << 3) | type)
    if (isMessage(value)) writer.delimited(write(value))
    else if (typeof value !== 'number') writer.delimited(value)
    else if (type === 5) writer.fixed32(value)
    else writer.uint32(value)
  }
  return writer.finish()
}

function otherValue({ type, value }: Field, random: Random): Value {
  if (typeof value === 'number') return random.uint32()
  const bytes = isMessage(value) ? write(value) : value
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1))
    case 1:
      return random.few(80)
    case 2:
      return new Uint8Array(random.pick([0, 7, 8, 9, 16, 17, 32, 200, 512, 513, 1024, 3000])).fill(65)
    default:
      return type === 2 ? [{ number: random.between(1, 14), type: 2, value: bytes }] : bytes
  }
}

function otherField(field: Field, random: Random): Field {
  if (random.once(4)) return { ...field, number: random.pick([0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 0x1fffffff]) }
  const value = otherValue(field, random)
  if (typeof value !== 'number') return { ...field, type: 2, value }
  return { ...field, type: random.once(6) ? (field.type === 5 ? 0 : 5) : field.type, value }
}

/** Only what is small is repeated often: a mutation should not cost more than what it is for. */
function timesOf(field: Field, random: Random): number {
  const times = random.once(20) ? random.pick([64, 256, 257]) : random.pick([1, 1, 2, 8, 9])
  return write([field]).length * times < 10_000 ? times : 1
}

function mutateIn(fields: readonly Field[], random: Random): Field[] {
  const mutated = [...fields]
  const at = random.below(fields.length)
  const field = fields[at]
  if (!field) return [{ number: random.between(1, 15), type: 0, value: random.uint32() }]
  if (isMessage(field.value) && !random.once(3)) {
    mutated[at] = { ...field, value: mutateIn(field.value, random) }
    return mutated
  }
  switch (random.below(5)) {
    case 0:
      mutated.splice(at, 1)
      break
    case 1:
      // As often as something that is bounded may come, and once more.
      for (let times = timesOf(field, random); times > 0; times--) mutated.push(field)
      break
    case 2:
      mutated.push(...mutated.splice(at, 1))
      break
    default:
      mutated[at] = otherField(field, random)
  }
  return mutated
}

/** The same bytes if they are no message. */
export function mutateFields(bytes: Uint8Array, random: Random): Uint8Array {
  let fields = parse(bytes, 4)
  if (!fields) return bytes
  for (let steps = random.once(2) ? 1 : random.between(1, 4); steps > 0; steps--)
    fields = mutateIn(fields, random)
  return write(fields)
}
