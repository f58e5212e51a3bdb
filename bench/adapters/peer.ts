// What every measured library looks like to the bench: one small interface, that each adapter beside this file fills with
// nothing but the library's public calls. Runs in pages, and in Node where the library does.

export interface Hooks {
  onMessage(data: Uint8Array): void
  /** Someone may have come, been linked with, or gone. What no event tells is found by looking now and then. */
  onChange(): void
}

export interface Peer {
  /** Begins to join; nobody waits for its end. */
  join(): unknown
  /** Others that it counts as present. */
  sees(): number
  /** Others to whom it has an open channel of its own. */
  linkedWith(): number
  /** As the library sends to all when one call follows the other. May throw. */
  broadcast(data: Uint8Array): unknown
  /** The same, at the pace that the library lets its users keep: resolves when the next may follow. */
  paced?(data: Uint8Array): Promise<unknown>
  /** One message of any size that may be overtaken by others. */
  bulk?(data: Uint8Array): unknown
  /** Asks a bot at this address into the group. */
  invite?(url: string): Promise<unknown>
  close(): unknown
}

/** `url` is that of the library's own server. */
export type Open = (url: string, room: string, hooks: Hooks) => Peer

/** A queue that a raw channel is kept below when it is paced: the best of those that were tried. */
export const QUEUE = 256 * 1024

/** No STUN for anybody: everyone is on this machine. */
export const rtcConfiguration = { iceServers: [] }

/** Libraries hand over views or buffers. */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw new Error(`not bytes: ${typeof data}`)
}
