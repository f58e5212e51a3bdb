// Bytes <-> checked messages between instances of Sigver. Used by instances.ts and cluster.ts; the only importer of the
// generated cluster code. Whoever sends them knows the secret of the cluster, but may be of another version.
import { cluster as proto } from './generated/cluster.js'
import type { Writer } from './bytes.js'

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
      readonly parts: readonly Part[]
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
      return { batch: { ...message, parts: message.parts.map(partProto) } }
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
    if (batch) return batchFrom(batch)
    return bye ? { type: 'bye' } : undefined
  } catch {
    return undefined // protobuf.ts throws on bytes that make no sense
  }
}

function batchFrom({ number, session, parts }: proto.Batch): ToInstance {
  return { type: 'batch', number, session, parts: parts.flatMap(partFrom) }
}

/** Field by field, which is faster than what is left of an object: a relay is one of these. */
function partProto(part: Part): proto.IPart {
  const kind = KINDS.indexOf(part.kind) + 1
  const seat = 'seat' in part ? part.seat : 0
  if (part.kind === 'arrived') return { kind, seat, topic: part.topic, frame: part.frame }
  if (part.kind === 'said' || part.kind === 'told') return { kind, seat, frame: part.frame }
  return part.kind === 'dismissed' ? { kind, seat, code: part.code } : { kind, seat }
}

function partFrom(part: proto.Part): Part[] {
  const kind = KINDS[part.kind - 1]
  const { seat, topic, frame, code } = part
  if (kind === undefined) return []
  if (kind === 'anew' || kind === 'complete' || kind === 'resync' || kind === 'missed') return [{ kind }]
  if (!seat) return []
  if (kind === 'arrived') return [{ kind, seat, topic, frame }]
  if (kind === 'said' || kind === 'told') return [{ kind, seat, frame }]
  if (kind === 'dismissed') return [{ kind, seat, code }]
  return [{ kind, seat }]
}
