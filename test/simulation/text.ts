// What simulated members send: a text that says which group and sender it is of and how many came before it, then letters
// that follow from the number, so that a mix-up of parts shows. Written by actors.ts, read by the checkers.
import type { MemberId } from '../../src/core/contract.js'

export interface Header {
  readonly key: string
  /** The host: two members may have one id for a moment. */
  readonly name: string
  readonly sender: MemberId
  readonly ordered: boolean
  /** Of this sender and stream, from 1. */
  readonly number: number
  readonly size: number
}

/** Keys have none. */
const SEPARATOR = '\t'

export function textOf({ key, name, sender, ordered, number, size }: Header): string {
  const letter = String.fromCharCode(97 + (number % 26))
  return [key, name, sender, ordered ? 'ordered' : 'free', number, size, letter.repeat(size)].join(SEPARATOR)
}

/** undefined if anything of it is not as it was sent. */
export function headerOf(text: string): Header | undefined {
  const [key = '', name = '', sender, stream, number, size] = text.split(SEPARATOR, 6)
  const header = {
    key,
    name,
    sender: Number(sender),
    ordered: stream === 'ordered',
    number: Number(number),
    size: Number(size),
  }
  return Number.isInteger(header.size) && textOf(header) === text ? header : undefined
}
