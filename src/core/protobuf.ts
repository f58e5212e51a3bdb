// Protocol Buffers (proto3) for the kinds of fields that proto/*.proto have, and a length before a message.
// The generated code is a table of fields for `codecs()`.
// Reading throws on bytes that make no sense; it takes no more memory than the bytes have.
import { DELIMITED, FIXED32, Reader, VARINT, Writer } from './bytes.js'

type Message = Record<string, unknown>

/** What a field holds, unless it is a message. As texts: scripts/shortNames.js keeps what occurs as one, as the tables say it. */
type Kind = 'uint32' | 'fixed32' | 'bool' | 'string' | 'bytes'

interface Table {
  /** A message that says nothing, which names its fields. Made by a literal of its own, which is 8 times as fast as a copy. */
  empty(): Message
  /**
   * `number kind` of each of them, in the same order, by number, with ', ' between them. A kind is one of `Kind` or the
   * name of a message; `[]` behind it: any number of them; `?`: one of a `oneof`, of which a message has one.
   */
  readonly fields: string
}

export interface Codec<Properties, Message> {
  /** With `to` it is written there and is a view, until that writer is used again. */
  encode(message: Properties, to?: Writer): Uint8Array
  /** Its length first. */
  encodeDelimited(message: Properties): Uint8Array
  decode(bytes: Uint8Array): Message
}

interface Field {
  readonly name: string
  readonly number: number
  readonly kind: string
  /** Undefined: it is a message. */
  readonly scalar: Scalar | undefined
  /** Of that message. */
  fields: Fields
  readonly isRepeated: boolean
  readonly isOneOf: boolean
  readonly isPacked: boolean
  readonly wireType: number
}

interface Fields extends ReadonlyArray<Field> {
  empty(): Message
}

/** How a value is written and read. */
interface Scalar {
  readonly wireType: number
  write(to: Writer, value: unknown): void
  read(from: Reader): unknown
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const scalars: Readonly<Record<Kind, Scalar>> = {
  uint32: {
    wireType: VARINT,
    write: (to, value) => to.uint32(Number(value)),
    read: (from) => from.uint32(),
  },
  fixed32: {
    wireType: FIXED32,
    write: (to, value) => to.fixed32(Number(value)),
    read: (from) => from.fixed32(),
  },
  bool: {
    wireType: VARINT,
    write: (to, value) => to.uint32(Number(value)),
    read: (from) => from.uint32() !== 0,
  },
  string: {
    wireType: DELIMITED,
    write: (to, value) => to.delimited(encoder.encode(String(value))),
    read: (from) => decoder.decode(from.delimited()),
  },
  bytes: {
    wireType: DELIMITED,
    write: (to, value) => to.delimited(value as Uint8Array),
    read: (from) => from.delimited(),
  },
}

const isScalar = (kind: string): kind is Kind => kind in scalars

const noFields: Fields = Object.assign([], { empty: () => ({}) })

function fieldOf(name: string, text: string): Field {
  const [number, form = ''] = text.split(' ')
  const kind = form.replace(/\W+$/, '')
  const scalar = isScalar(kind) ? scalars[kind] : undefined
  const isRepeated = form.endsWith('[]')
  const wireType = scalar?.wireType ?? DELIMITED
  return {
    name,
    number: Number(number),
    kind,
    scalar,
    fields: noFields,
    isRepeated,
    isOneOf: form.endsWith('?'),
    isPacked: isRepeated && wireType !== DELIMITED,
    wireType,
  }
}

function parse({ empty, fields }: Table): Fields {
  const texts = fields.split(', ')
  return Object.assign(
    Object.keys(empty()).map((name, i) => fieldOf(name, texts[i] ?? '')),
    { empty },
  )
}

// Which is not written: false, 0, nothing, and what is empty. A message is never that.
const isDefault = (value: unknown): boolean => !value || (value as { readonly length?: number }).length === 0

function withNumber(fields: Fields, number: number): Field | undefined {
  for (const field of fields) if (field.number === number) return field
  return undefined
}

function clearOthers(fields: Fields, one: Field, message: Message): void {
  for (const field of fields) if (field.isOneOf && field !== one) message[field.name] = undefined
}

function writeOne(to: Writer, { number, wireType, scalar, fields }: Field, value: unknown): void {
  to.uint32((number << 3) | wireType)
  if (scalar) return scalar.write(to, value)
  const start = to.length
  write(to, fields, value as Message)
  to.delimit(start)
}

function writePacked(to: Writer, { number, scalar }: Field, items: readonly unknown[]): void {
  to.uint32((number << 3) | DELIMITED)
  const start = to.length
  for (const item of items) scalar?.write(to, item)
  to.delimit(start)
}

function write(to: Writer, fields: Fields, message: Message): void {
  for (const field of fields) {
    const value = message[field.name]
    if (isDefault(value)) continue
    if (field.isPacked) writePacked(to, field, value as readonly unknown[])
    else if (!field.isRepeated) writeOne(to, field, value)
    else for (const one of value as readonly unknown[]) writeOne(to, field, one)
  }
}

// No closures and no views below: a frame of thousands of empty messages must not cost much more than its length.
function readMessage(from: Reader, fields: Fields, message: Message): Message {
  const end = from.enter()
  read(from, fields, message)
  from.leave(end)
  return message
}

function readPacked(from: Reader, scalar: Scalar, items: unknown[]): void {
  const end = from.enter()
  while (!from.isAtEnd) items.push(scalar.read(from))
  from.leave(end)
}

function readField(from: Reader, fields: Fields, field: Field, wireType: number, message: Message): void {
  const { name, scalar, isRepeated } = field
  const known = message[name]
  if (field.isPacked && scalar && wireType === DELIMITED) readPacked(from, scalar, known as unknown[])
  else if (wireType !== field.wireType) from.skip(wireType)
  else {
    if (field.isOneOf) clearOthers(fields, field, message)
    const before = isRepeated ? undefined : (known as Message | undefined)
    const value = scalar ? scalar.read(from) : readMessage(from, field.fields, before ?? field.fields.empty())
    if (isRepeated) (known as unknown[]).push(value)
    else message[name] = value
  }
}

function read(from: Reader, fields: Fields, message: Message): void {
  while (!from.isAtEnd) {
    const tag = from.uint32()
    const field = withNumber(fields, tag >>> 3)
    if (field) readField(from, fields, field, tag & 7, message)
    else from.skip(tag & 7)
  }
}

function codec(fields: Fields): Codec<Message, Message> {
  return {
    encode: (message, to) => {
      const writer = to ?? new Writer()
      writer.clear()
      write(writer, fields, message)
      return to ? to.written : writer.finish()
    },
    encodeDelimited: (message) => {
      const to = new Writer()
      write(to, fields, message)
      to.delimit(0)
      return to.finish()
    },
    decode: (bytes) => {
      const message = fields.empty()
      read(new Reader(bytes), fields, message)
      return message
    },
  }
}

/** What encodes and decodes each of the messages in the tables. */
export function codecs(tables: Readonly<Record<string, Table>>): Record<string, Codec<Message, Message>> {
  const all = new Map(Object.entries(tables).map(([name, table]) => [name, parse(table)]))
  for (const fields of all.values())
    for (const field of fields) field.fields = all.get(field.kind) ?? noFields
  return Object.fromEntries([...all].map(([name, fields]) => [name, codec(fields)]))
}
