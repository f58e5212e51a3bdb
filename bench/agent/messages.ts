// What the bench sends. Both ends know these rules, so a receiver can tell what is missing or damaged.

/** y-webrtc parses whatever arrives; what begins so is to it a message without effect. To the others it is data. */
export const HARMLESS = [4, 0, 0]
const NUMBER = 4
/** Larger ones are all the same one, numbered 0, or they would need the memory that is measured. */
export const DIFFERENT = 4096

/** A message that carries its number in its last bytes, and bytes that are not zero, for which there must be memory. */
export function numbered(size: number, number: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(165)
  bytes.set(HARMLESS)
  for (let byte = 0; byte < NUMBER; byte++) bytes[size - 1 - byte] = number >>> (8 * byte)
  return bytes
}

export function numberOf(bytes: Uint8Array): number {
  let number = 0
  for (let byte = NUMBER; byte > 0; byte--) number = number * 256 + (bytes[bytes.length - byte] ?? 0)
  return number
}

/** Looks at a byte of each page only: a receiver shall not be slow because of us. */
export function isIntact(bytes: Uint8Array): boolean {
  for (let at = HARMLESS.length; at < bytes.length - NUMBER; at += 4096) if (bytes[at] !== 165) return false
  return HARMLESS.every((value, at) => bytes[at] === value)
}
