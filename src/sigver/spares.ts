// Buffers that are used again: each that is let go of counts for V8 when it decides whether to look through all memory. Used by
// redisBus.ts, whose client keeps a message until Redis has it.

/** As many messages are seldom under way. A guess. */
const MOST = 16
/** Bytes: the batches of a busy instance, and not all guests that it introduces to a new one. A guess. */
const LARGEST = 512 * 1024

export class Spares {
  private readonly spares: Buffer[] = []

  /** A copy of the bytes, until it is given back. */
  copy(bytes: Uint8Array): Buffer {
    const spare = this.spares.pop()
    const isLargeEnough = spare && spare.length >= bytes.length
    const buffer = isLargeEnough ? spare : Buffer.allocUnsafeSlow(2 * bytes.length)
    buffer.set(bytes)
    return buffer.subarray(0, bytes.length)
  }

  giveBack(copy: Buffer): void {
    const { buffer } = copy
    if (this.spares.length < MOST && buffer.byteLength <= LARGEST) this.spares.push(Buffer.from(buffer))
  }
}
