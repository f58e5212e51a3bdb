// What Protocol Buffers are made of: numbers, and bytes with their length before them. Used by protobuf.ts, and where a
// frame ends with something that is no field. Reading throws on bytes that make no sense; it takes no memory.

/** What follows the number of a field. */
export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
export const FIXED32 = 5

export const NOTHING = new Uint8Array(0)

export class Writer {
  #bytes = new Uint8Array(128)
  #length = 0

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

  /** What was written, as a view, until `clear()`. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
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
