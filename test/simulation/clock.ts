// Virtual time and seeded randomness: the two things that decide everything in a simulated run.
import type { Milliseconds } from '../../src/core/contract.js'

/** A binary heap of what is to happen; of equal times the earlier planned comes first. */
export class Clock {
  now: Milliseconds = 0
  private readonly heap: Planned[] = []
  private planned = 0

  /** Returns how to cancel it. */
  at(time: Milliseconds, action: () => void): () => void {
    const entry: Planned = { time: Math.max(time, this.now), order: this.planned++, action }
    this.push(entry)
    return () => (entry.action = nothing)
  }

  after(delay: Milliseconds, action: () => void): () => void {
    return this.at(this.now + delay, action)
  }

  /** Lets everything happen that is planned up to this time. */
  runUntil(time: Milliseconds): void {
    for (let next = this.heap[0]; next && next.time <= time; next = this.heap[0]) {
      this.pop()
      this.now = next.time
      next.action()
    }
    this.now = time
  }

  private push(entry: Planned): void {
    const { heap } = this
    let index = heap.length
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (!parent || !isBefore(entry, parent)) break
      heap[index] = parent
      index = above
    }
    heap[index] = entry
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      let least = heap[below]
      const right = heap[below + 1]
      if (least && right && isBefore(right, least)) {
        least = right
        below += 1
      }
      if (!least || !isBefore(least, last)) break
      heap[index] = least
      index = below
    }
    heap[index] = last
  }
}

const isBefore = (a: Planned, b: Planned): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order)

interface Planned {
  readonly time: Milliseconds
  readonly order: number
  action: () => void
}

function nothing(): void {}

/** mulberry32: small, fast, and good enough to choose faults. */
export class Random {
  constructor(private state: number) {}

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  readonly bytes = (count: number): Uint8Array => {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = Math.floor(this.next() * 256)
    return bytes
  }
}
