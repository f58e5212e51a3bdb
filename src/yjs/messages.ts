// What providers say to each other: one binary message of the group each, a type byte and then what Yjs encodes.
// Used by NetfluxProvider.ts and presence.ts. Strings are the user's; so are messages of other types.
import * as Y from 'yjs'
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync'

/** The first byte. Yjs' own numbers for its three; the payload needs no length, a message has one. */
export const MessageType = {
  /** Sync step 1, a state vector: what I have, send me the rest. */
  have: messageYjsSyncStep1,
  /** Sync step 2, an update: the rest. */
  rest: messageYjsSyncStep2,
  /** An update that was just made. */
  update: messageYjsUpdate,
  /** States of the awareness protocol. */
  awareness: 3,
  /** No payload: I was not listening when you greeted me, greet me again. */
  again: 4,
} as const

export function message(type: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(1 + payload.length)
  bytes[0] = type
  bytes.set(payload, 1)
  return bytes
}

/** All that the owner of this state vector lacks; undefined if it is none. */
export function restOf(doc: Y.Doc, stateVector: Uint8Array): Uint8Array | undefined {
  try {
    return Y.encodeStateAsUpdate(doc, stateVector)
  } catch {
    return undefined
  }
}

/** Applies an update; bytes that are none change nothing. What an observer of the document throws is thrown on. */
export function applyUpdate(doc: Y.Doc, update: Uint8Array, origin: unknown): void {
  try {
    Y.applyUpdate(doc, update, origin)
  } catch (error) {
    if (isUpdate(update)) throw error
  }
}

function isUpdate(bytes: Uint8Array): boolean {
  try {
    Y.decodeUpdate(bytes)
    return true
  } catch {
    return false
  }
}
