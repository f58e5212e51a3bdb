// Counts what arrives at one receiver, and tells when everything has, or when nothing comes any more.
import { DIFFERENT, isIntact, numberOf } from './messages.js'

export interface Received {
  readonly count: number
  readonly bytes: number
  /** When the last one came, in milliseconds since 1970. */
  readonly last: number
  /** Damaged, twice, or after a later one. */
  readonly wrong: number
}

export const now = (): number => performance.timeOrigin + performance.now()

export class Tally {
  private count = 0
  private bytes = 0
  private last = 0
  private wrong = 0
  private next = 0
  private whole: (() => void) | undefined
  private expected = Infinity

  add(data: Uint8Array): void {
    this.count++
    this.bytes += data.length
    if (!isIntact(data) || (data.length <= DIFFERENT && !this.isNext(numberOf(data)))) this.wrong++
    if (this.count < this.expected) {
      // The clock is not free: of small messages only every sixteenth is looked at.
      if (data.length > 1000 || this.count % 16 === 0) this.last = now()
      return
    }
    this.last = now()
    this.whole?.()
  }

  /** Resolves with what came since the last call: when so many have, or when none did for so many milliseconds. */
  async until(expected: number, patience: number): Promise<Received> {
    this.expected = expected
    await new Promise<void>((resolve) => {
      let before = -1
      const end = () => {
        clearInterval(watch)
        resolve()
      }
      const watch = setInterval(() => {
        if (this.count === before) end()
        before = this.count
      }, patience)
      this.whole = end
      if (this.count >= expected) end()
    })
    return this.take()
  }

  /** How many have come so far. */
  get soFar(): number {
    return this.count
  }

  /** Some may be missing, and that is counted elsewhere; none may come late or twice. */
  private isNext(number: number): boolean {
    const isNext = number >= this.next
    this.next = number + 1
    return isNext
  }

  private take(): Received {
    const { count, bytes, last, wrong } = this
    this.count = this.bytes = this.last = this.wrong = this.next = 0
    this.expected = Infinity
    this.whole = undefined
    return { count, bytes, last, wrong }
  }
}
