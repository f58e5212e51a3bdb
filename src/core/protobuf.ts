// Protocol Buffers (proto3) for the kinds of fields that proto/*.proto have, and a length before a message.
// The generated code is a table of fields for `codecs()`. Used by it and by wire.ts.
// Reading throws on bytes that make no sense; it takes no more memory than the bytes have.

/** What a field holds: one of these, or the name of a message; `[]` behind it: any number of them. */
type Kind = 'uint32' | 'fixed32' | 'bool' | 'string' | 'bytes'
/** `{ field: 'number kind' }`, in the order of the numbers; `?` behind it: one of a `oneof`, of which a message has one. */
type Table = Readonly<Record<string, string>>

export interface Codec<Properties, Message> {
  /** `room`: how many bytes it will be, if that is known; a buffer that grows is copied. */
  encode(message: Properties, room?: number): Uint8Array
  /** Its length first. */
  encodeDelimited(message: Properties): Uint8Array
  decode(bytes: Uint8Array): Message
}

interface Field {
  readonly name: string
  readonly number: number
  readonly kind: string
  /** The kind, unless it is a message. */
  readonly scalar: Kind | undefined
  readonly isRepeated: boolean
  readonly isOneOf: boolean
  readonly isPacked: boolean
  readonly wireType: number
}

type Message = Record<string, unknown>

interface Fields extends ReadonlyArray<Field> {
  /** A message that says nothing, but for what is repeated, which each message has lists of its own for. */
  readonly none: Message
  readonly repeated: readonly string[]
}

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const NOTHING = new Uint8Array(0)

export class Writer {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(room = 128) {
    this.#bytes = new Uint8Array(room)
  }

  uint32(value: number): void {
    this.#reserve(5)
    let rest = value >>> 0
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128
    this.#bytes[this.#length++] = rest
  }

  fixed32(value: number): void {
    this.#reserve(4)
    const bytes = this.#bytes
    const at = this.#length
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
    this.#length = at + 4
  }

  /** Their number first. */
  delimited(bytes: Uint8Array): void {
    this.uint32(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** How much there is. */
  get length(): number {
    return this.#length
  }

  /** Puts the number of the bytes from `start` on before them. */
  delimit(start: number): void {
    const end = this.#length
    this.uint32(end - start)
    const size = this.#length - end
    // The number stands behind them now: make room, and write it again.
    this.#bytes.copyWithin(start + size, start, end)
    this.#length = start
    this.uint32(end - start)
    this.#length = end + size
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(needed * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class Reader {
  #position = 0
  #end: number

  constructor(readonly bytes: Uint8Array) {
    this.#end = bytes.length
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#end
  }

  /** The lower 32 bits of a number of up to 64. */
  uint32(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.#move(1)] ?? 0
      if (shift < 32) value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
    throw new RangeError('endless number')
  }

  fixed32(): number {
    const { bytes } = this
    const at = this.#move(4)
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  }

  /** A view of the input. */
  delimited(): Uint8Array {
    const length = this.uint32()
    const start = this.#move(length)
    return this.bytes.subarray(start, start + length)
  }

  /** From here on only the bytes whose number comes first are there. Returns what `leave` needs. */
  enter(): number {
    const end = this.#end
    const length = this.uint32()
    const start = this.#move(length)
    this.#position = start
    this.#end = start + length
    return end
  }

  leave(end: number): void {
    this.#end = end
  }

  /** What has not been read. A view of the input. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.#position, this.#end)
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.uint32()
    else if (wireType === FIXED64) this.#move(8)
    else if (wireType === DELIMITED) this.#move(this.uint32())
    else if (wireType === FIXED32) this.#move(4)
    else throw new RangeError('unknown wire type')
  }

  /** Returns where it was. */
  #move(count: number): number {
    const start = this.#position
    if (count > this.#end - start) throw new RangeError('the end is missing')
    this.#position = start + count
    return start
  }
}

const scalars: Record<Kind, { wireType: number; none: unknown; read(from: Reader): unknown }> = {
  uint32: { wireType: VARINT, none: 0, read: (from) => from.uint32() },
  fixed32: { wireType: FIXED32, none: 0, read: (from) => from.fixed32() },
  bool: { wireType: VARINT, none: false, read: (from) => from.uint32() !== 0 },
  string: { wireType: DELIMITED, none: '', read: (from) => decoder.decode(from.delimited()) },
  bytes: { wireType: DELIMITED, none: NOTHING, read: (from) => from.delimited() },
}

const isScalar = (kind: string): kind is Kind => kind in scalars

function fieldOf(name: string, text: string): Field {
  const [number, form = ''] = text.split(' ')
  const kind = form.replace(/\W+$/, '')
  const scalar = isScalar(kind) ? kind : undefined
  const isRepeated = form.endsWith('[]')
  const wireType = scalar ? scalars[scalar].wireType : DELIMITED
  const isPacked = isRepeated && wireType !== DELIMITED
  return {
    name,
    number: Number(number),
    kind,
    scalar,
    isRepeated,
    isOneOf: form.endsWith('?'),
    isPacked,
    wireType,
  }
}

function parse(table: Table): Fields {
  const fields = Object.entries(table).map(([name, text]) => fieldOf(name, text))
  const none = Object.fromEntries(
    fields.map(({ name, scalar }) => [name, scalar ? scalars[scalar].none : undefined]),
  )
  const repeated = fields.filter(({ isRepeated }) => isRepeated).map(({ name }) => name)
  return Object.assign(fields, { none, repeated })
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

/** A copy of one that is there is made much faster than field by field. */
function empty({ none, repeated }: Fields): Message {
  const message = { ...none }
  for (const name of repeated) message[name] = []
  return message
}

/** What encodes and decodes each of the messages in the tables. */
export function codecs(tables: Readonly<Record<string, Table>>): Record<string, Codec<Message, Message>> {
  const all = new Map(Object.entries(tables).map(([name, table]) => [name, parse(table)]))
  const unknown = parse({})
  const fieldsOf = (kind: string): Fields => all.get(kind) ?? unknown

  function write(to: Writer, kind: string, value: unknown): void {
    if (kind === 'uint32' || kind === 'bool') to.uint32(Number(value))
    else if (kind === 'fixed32') to.fixed32(Number(value))
    else if (kind === 'string') to.delimited(encoder.encode(String(value)))
    else if (kind === 'bytes') to.delimited(value as Uint8Array)
    else {
      const start = to.length
      encode(fieldsOf(kind), to, value as Message)
      to.delimit(start)
    }
  }

  function writePacked(to: Writer, kind: string, items: readonly unknown[]): void {
    const start = to.length
    for (const item of items) write(to, kind, item)
    to.delimit(start)
  }

  function writeField(to: Writer, field: Field, value: unknown): void {
    to.uint32((field.number << 3) | field.wireType)
    write(to, field.kind, value)
  }

  function encode(fields: Fields, to: Writer, message: Message): void {
    for (const field of fields) {
      const value = message[field.name]
      if (isDefault(value)) continue
      if (field.isPacked) {
        to.uint32((field.number << 3) | DELIMITED)
        writePacked(to, field.kind, value as readonly unknown[])
      } else if (field.isRepeated) for (const item of value as readonly unknown[]) writeField(to, field, item)
      else writeField(to, field, value)
    }
  }

  function encodeAll(fields: Fields, message: Message, isDelimited: boolean, room?: number): Uint8Array {
    const to = new Writer(room)
    encode(fields, to, message)
    if (isDelimited) to.delimit(0)
    return to.finish()
  }

  // No closures and no views below: a frame of thousands of empty messages must not cost much more than its length.
  function readMessage(from: Reader, kind: string, known: unknown): Message {
    const fields = fieldsOf(kind)
    const message = (known as Message | undefined) ?? empty(fields)
    const end = from.enter()
    decode(fields, from, message)
    from.leave(end)
    return message
  }

  function readPacked(from: Reader, kind: Kind, items: unknown[]): void {
    const end = from.enter()
    while (!from.isAtEnd) items.push(scalars[kind].read(from))
    from.leave(end)
  }

  function readField(from: Reader, fields: Fields, field: Field, wireType: number, message: Message): void {
    const { name, kind, scalar, isRepeated } = field
    const known = message[name]
    if (field.isPacked && scalar && wireType === DELIMITED) readPacked(from, scalar, known as unknown[])
    else if (wireType !== field.wireType) from.skip(wireType)
    else {
      if (field.isOneOf) clearOthers(fields, field, message)
      const value = scalar
        ? scalars[scalar].read(from)
        : readMessage(from, kind, isRepeated ? undefined : known)
      if (isRepeated) (known as unknown[]).push(value)
      else message[name] = value
    }
  }

  function decode(fields: Fields, from: Reader, message: Message): void {
    while (!from.isAtEnd) {
      const tag = from.uint32()
      const field = withNumber(fields, tag >>> 3)
      if (field) readField(from, fields, field, tag & 7, message)
      else from.skip(tag & 7)
    }
  }

  function decodeAll(fields: Fields, bytes: Uint8Array): Message {
    const message = empty(fields)
    decode(fields, new Reader(bytes), message)
    return message
  }

  return Object.fromEntries(
    [...all].map(([name, fields]) => [
      name,
      {
        encode: (message: Message, room?: number) => encodeAll(fields, message, false, room),
        encodeDelimited: (message: Message) => encodeAll(fields, message, true),
        decode: (bytes: Uint8Array) => decodeAll(fields, bytes),
      },
    ]),
  )
}
