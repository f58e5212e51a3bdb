// Whether a bus carries anything: what an instance says to itself has to come back. Open sockets say nothing about that while
// the other end is stopped, or a cable is cut. Held by redisBus.ts.

/** So often something is said. */
const INTERVAL = 400
/** After so long without an answer the bus carries nothing: the instances must not take each other for dead before, so this is
 *  less than limits.instanceSilence. */
const LONGEST_SILENCE = 1_400
/** While that lasts, `revive` is called this often. A guess: connecting anew takes less. */
const REVIVAL = 5_000

export interface EchoEvents {
  /** Say it: heard() is expected. */
  call(): void
  changed(): void
  revive(): void
}

export class Echo {
  isSilent = false
  private heardAt = 0
  private lookedAt = 0
  private revivedAt = 0
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly events: EchoEvents) {}

  /** Also when it runs already: something was heard. */
  start(): void {
    this.timer ??= setInterval(() => this.look(), INTERVAL).unref()
    this.heard()
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  heard(): void {
    this.heardAt = this.revivedAt = this.lookedAt = performance.now()
    this.become(false)
  }

  private look(): void {
    const now = performance.now()
    // While this process stood still it could hear nothing.
    this.heardAt += Math.max(0, now - this.lookedAt - INTERVAL)
    this.lookedAt = now
    if (now - this.heardAt > LONGEST_SILENCE) this.become(true)
    if (now - this.revivedAt > REVIVAL) {
      this.revivedAt = now
      this.events.revive()
    }
    this.events.call()
  }

  private become(isSilent: boolean): void {
    if (isSilent === this.isSilent) return
    this.isSilent = isSilent
    this.events.changed()
  }
}
