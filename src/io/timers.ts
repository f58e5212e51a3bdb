// Named timers of one port: setting one again moves it, and it never comes early.
import type { Milliseconds, Timer } from '../core/contract.js'

/** setTimeout takes no longer delays. */
const LONGEST: Milliseconds = 2 ** 31 - 1

export class Timers {
  private readonly running = new Map<Timer, ReturnType<typeof setTimeout>>()

  constructor(
    private readonly now: () => Milliseconds,
    private readonly fire: (timer: Timer) => void,
  ) {}

  set(timer: Timer, at: Milliseconds | undefined): void {
    clearTimeout(this.running.get(timer))
    this.running.delete(timer)
    if (at !== undefined) this.wait(timer, at)
  }

  private wait(timer: Timer, at: Milliseconds): void {
    const delay = Math.min(Math.max(Math.ceil(at - this.now()), 0), LONGEST)
    const handle = setTimeout(() => {
      // setTimeout's clock is not ours: it may be up to a millisecond ahead.
      if (this.now() < at) return this.wait(timer, at)
      this.running.delete(timer)
      this.fire(timer)
    }, delay)
    this.running.set(timer, handle)
  }
}
