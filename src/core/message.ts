// User data <-> records in blocks. Small messages are packed together, large ones are cut; no copy that is not needed.
// Called by traffic.ts. A record: varint (length * 8 + kind), for the first fragment varint of the total, then the bytes.
import { NOTHING } from './bytes.js'
import type { Data } from './contract.js'
import * as limits from './limits.js'

/** What sessions number, send and acknowledge. Shared by all its recipients. */
export interface Block {
  readonly bytes: Uint8Array
  /** Of a large message: a view of it, so that nothing is copied before it is sent. */
  readonly tail: Uint8Array
  readonly size: number
  /** Sessions that still need it. */
  holders: number
}

const BINARY = 0
const TEXT = 1
const FIRST_BINARY = 2
const FIRST_TEXT = 3
const MIDDLE = 4
const LAST = 5
const GOODBYE = 6

const encoder = new TextEncoder()
/** A byte order mark belongs to the text, too. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A copy of the user's bytes, or the UTF-8 of the text. Lone surrogates become U+FFFD, as in WebSocket.send(). */
export function payloadOf(data: Data): Uint8Array {
  // Not data.slice(): that of a Buffer copies nothing.
  return typeof data === 'string' ? encoder.encode(data) : new Uint8Array(data)
}

/** Packs small messages into one block. */
export class Packer {
  private bytes: Uint8Array = NOTHING
  private length = 0
  /** Of the block before: in a burst the next one becomes as large, and need not grow to it. */
  private usual = 0

  get isEmpty(): boolean {
    return this.length === 0
  }

  fits(payload: Uint8Array): boolean {
    return this.length + payload.length + 5 <= limits.block
  }

  add(payload: Uint8Array, isText: boolean): void {
    this.reserve(payload.length + 5)
    this.length = writeVarint(this.bytes, this.length, payload.length * 8 + (isText ? TEXT : BINARY))
    this.bytes.set(payload, this.length)
    this.length += payload.length
  }

  take(): Block {
    const block = newBlock(this.bytes.subarray(0, this.length))
    this.usual = this.length
    this.bytes = NOTHING
    this.length = 0
    return block
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(256, this.usual, this.length + more, this.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}

/** Makes of one large message blocks that are views of it. `payload` must not change any more. */
export function cut(payload: Uint8Array, isText: boolean): Block[] {
  const blocks: Block[] = []
  for (let start = 0; start < payload.length; start += limits.fragment) {
    const part = payload.subarray(start, start + limits.fragment)
    const isLast = start + part.length === payload.length
    const kind = kindOf(start === 0, isLast, isText)
    const head = new Uint8Array(10)
    let length = writeVarint(head, 0, part.length * 8 + kind)
    if (start === 0 && !isLast) length = writeVarint(head, length, payload.length)
    blocks.push(newBlock(head.subarray(0, length), part))
  }
  return blocks
}

function kindOf(isFirst: boolean, isLast: boolean, isText: boolean): number {
  if (isFirst && isLast) return isText ? TEXT : BINARY
  if (isFirst) return isText ? FIRST_TEXT : FIRST_BINARY
  return isLast ? LAST : MIDDLE
}

/** The last block of a session: its sender leaves. */
export function goodbyeBlock(): Block {
  return newBlock(Uint8Array.of(GOODBYE))
}

function newBlock(bytes: Uint8Array, tail: Uint8Array = NOTHING): Block {
  return { bytes, tail, size: bytes.length + tail.length, holders: 0 }
}

/** What a block completes. */
export interface Reading {
  readonly messages: readonly Data[]
  /** Its sender leaves: nothing comes after these. */
  readonly isGoodbye: boolean
}

type Step = 'next' | 'goodbye' | 'garbage'

/** Puts the records of one stream together again. Memory grows with what has arrived, not with what a record claims. */
export class Unpacker {
  private partial: Uint8Array | undefined
  private total = 0
  private arrived = 0
  private isText = false

  constructor(private readonly maxMessageSize: number) {}

  /** Undefined if it makes no sense. */
  read(block: Uint8Array): Reading | undefined {
    const messages: Data[] = []
    const cursor = { bytes: block, at: 0 }
    while (cursor.at < block.length) {
      const step = this.step(cursor, messages)
      if (step === 'garbage') return undefined
      if (step === 'goodbye') return { messages, isGoodbye: true }
    }
    return { messages, isGoodbye: false }
  }

  private step(cursor: Cursor, messages: Data[]): Step {
    const { bytes } = cursor
    const head = readVarint(cursor)
    if (head === undefined) return 'garbage'
    const kind = head % 8
    const total = kind === FIRST_BINARY || kind === FIRST_TEXT ? readVarint(cursor) : 0
    const start = cursor.at
    const length = (head - kind) / 8
    if (total === undefined || length > bytes.length - start) return 'garbage'
    cursor.at += length
    const part = bytes.subarray(start, cursor.at)
    switch (kind) {
      case BINARY:
      case TEXT:
        if (this.partial || length > this.maxMessageSize) return 'garbage'
        messages.push(kind === TEXT ? decoder.decode(part) : length === 0 ? NOTHING : part.slice())
        return 'next'
      case FIRST_BINARY:
      case FIRST_TEXT:
        return this.begin(part.slice(), total, kind === FIRST_TEXT)
      case MIDDLE:
      case LAST:
        return this.append(part, kind === LAST, messages)
      case GOODBYE:
        return 'goodbye'
      default:
        return 'garbage'
    }
  }

  private begin(part: Uint8Array, total: number, isText: boolean): Step {
    if (this.partial || total > this.maxMessageSize || part.length >= total) return 'garbage'
    this.total = total
    this.isText = isText
    this.arrived = part.length
    this.partial = part
    return 'next'
  }

  private append(part: Uint8Array, isLast: boolean, messages: Data[]): Step {
    const arrived = this.arrived + part.length
    if (!this.partial || arrived > this.total || isLast !== (arrived === this.total)) return 'garbage'
    if (arrived > this.partial.length) {
      // Doubling, but never beyond the end: the last step makes the message itself.
      const grown = new Uint8Array(Math.min(this.total, Math.max(arrived, this.partial.length * 2)))
      grown.set(this.partial)
      this.partial = grown
    }
    this.partial.set(part, this.arrived)
    this.arrived = arrived
    if (!isLast) return 'next'
    const whole = this.partial
    this.partial = undefined
    messages.push(this.isText ? decoder.decode(whole) : whole)
    return 'next'
  }
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/** Of a number below 2^53. Returns the offset behind it. */
function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  while (rest >= 128) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}

/** At most 5 bytes: no length of ours is above 2^35. */
function readVarint(cursor: Cursor): number | undefined {
  let value = 0
  for (let factor = 1; factor <= 128 ** 4; factor *= 128) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) return undefined
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
  return undefined
}
