// Bytes <-> checked messages between instances of Sigver. Used by instances.ts and cluster.ts; the only importer of the
// generated cluster code. Whoever sends them knows the secret of the cluster, but may be of another version.
import { NOTHING, Reader, type Writer } from './bytes.js'
import { cluster as proto } from './generated/cluster.js'

/** `seat`: the number of a socket at the instance that holds it. */
export type Part =
  /** To the owner of a topic: from here to `complete` my guests are told anew; those that are not have left. */
  | { readonly kind: 'anew' }
  | { readonly kind: 'complete' }
  /** The same, and I may have missed what you told them. */
  | { readonly kind: 'missed' }
  | { readonly kind: 'arrived'; readonly seat: number; readonly topic: string; readonly frame: Uint8Array }
  | { readonly kind: 'said'; readonly seat: number; readonly frame: Uint8Array }
  | { readonly kind: 'returned'; readonly seat: number }
  | { readonly kind: 'left'; readonly seat: number }
  /** Another instance owns the topic now. */
  | { readonly kind: 'moved'; readonly seat: number }
  /** To the holder of a socket. */
  | { readonly kind: 'told'; readonly seat: number; readonly frame: Uint8Array }
  | { readonly kind: 'dismissed'; readonly seat: number; readonly code: number }
  /** Tell me your guests anew: I have missed something. */
  | { readonly kind: 'resync' }

export type ToInstance =
  | { readonly type: 'beat'; readonly number: number }
  | { readonly type: 'hello'; readonly nonce: Uint8Array; readonly answer: Uint8Array }
  | {
      readonly type: 'batch'
      readonly number: number
      readonly session: Uint8Array
      /** What writePart() wrote. */
      readonly parts: Uint8Array
    }
  | { readonly type: 'bye' }

/** Their numbers on the wire are their places, from 1. */
const KINDS = [
  'anew',
  'complete',
  'arrived',
  'said',
  'returned',
  'left',
  'moved',
  'told',
  'dismissed',
  'resync',
  'missed',
] as const satisfies readonly Part['kind'][]

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** With `to` it is a view, until that writer is used again. */
export function encodeToInstance(message: ToInstance, to?: Writer): Uint8Array {
  return proto.ToInstance.encode(toProto(message), to)
}

function toProto(message: ToInstance): proto.IToInstance {
  switch (message.type) {
    case 'beat':
      return { beat: { number: message.number } }
    case 'hello':
      return { hello: { nonce: message.nonce, answer: message.answer } }
    case 'batch':
      return { batch: message }
    case 'bye':
      return { bye: {} }
  }
}

/** Never throws. */
export function decodeToInstance(bytes: Uint8Array): ToInstance | undefined {
  try {
    const { beat, hello, batch, bye } = proto.ToInstance.decode(bytes)
    if (beat) return { type: 'beat', number: beat.number }
    if (hello) return { type: 'hello', nonce: hello.nonce, answer: hello.answer }
    if (batch) return { type: 'batch', number: batch.number, session: batch.session, parts: batch.parts }
    return bye ? { type: 'bye' } : undefined
  } catch {
    return undefined // protobuf.ts throws on bytes that make no sense
  }
}

// ---- parts. Each frame between two instances is one, so they are no messages of a schema, which costs twice as much:
//   kind  seat  code  length topic  length frame       (numbers are varints; what a kind does not have is 0)

/** Behind what is there. */
export function writePart(to: Writer, part: Part): void {
  to.uint32(KINDS.indexOf(part.kind) + 1)
  to.uint32('seat' in part ? part.seat : 0)
  to.uint32('code' in part ? part.code : 0)
  to.delimited('topic' in part ? encoder.encode(part.topic) : NOTHING)
  to.delimited('frame' in part ? part.frame : NOTHING)
}

/** Frames are views of the bytes. Never throws: what makes no sense ends them, unknown kinds are left out. */
export function partsIn(bytes: Uint8Array): readonly Part[] {
  const parts: Part[] = []
  const from = new Reader(bytes)
  try {
    while (!from.isAtEnd) {
      const part = readPart(from)
      if (part.kind !== undefined) parts.push(part as Part)
    }
  } catch {
    // So are topics that are no text, and frames whose end is missing.
  }
  return parts
}

/** One shape for all kinds: V8 reads it faster. */
function readPart(from: Reader) {
  return {
    kind: KINDS[from.uint32() - 1],
    seat: from.uint32(),
    code: from.uint32(),
    topic: textOf(from.delimited()),
    frame: from.delimited(),
  }
}

const textOf = (bytes: Uint8Array): string => (bytes.length === 0 ? '' : decoder.decode(bytes))
