// Watches how much a connection still has queued, and says once when that has fallen below limits.channelLow.
// Armed by sending that much; while it is not armed it neither reads the queue (costly in @roamhq/wrtc) nor runs a timer.
import type { Milliseconds } from '../core/contract.js'
import * as limits from '../core/limits.js'

export interface Watched {
  readonly queued: number
  /** Calls takeReport() later. */
  hasShrunk(): void
}

export class Gauge {
  private sent = 0
  private poll: ReturnType<typeof setInterval> | undefined
  /** A report is on its way. */
  private isReporting = false

  /** `pollEvery` undefined: someone calls check() whenever the queue may have shrunk. */
  constructor(
    private readonly watched: Watched,
    private readonly pollEvery: Milliseconds | undefined,
  ) {}

  get isArmed(): boolean {
    return this.sent >= limits.channelLow
  }

  /** Whether it is when so much more is sent. */
  isArmedBy(bytes: number): boolean {
    return this.sent + bytes >= limits.channelLow
  }

  /** The queue cannot be longer, as it was below channelLow at the last report. Costs nothing to ask. */
  get most(): number {
    return this.sent + limits.channelLow
  }

  add(bytes: number): void {
    const wasArmed = this.isArmed
    this.sent += bytes
    // The queue may be short already, and then no event would ever tell.
    if (!wasArmed && this.isArmed && !this.check()) this.watch()
  }

  /** Reports if there is something to report; returns whether it did. */
  check(): boolean {
    if (!this.isArmed || this.isReporting || this.watched.queued >= limits.channelLow) return false
    this.stopWatching()
    this.isReporting = true
    this.watched.hasShrunk()
    return true
  }

  /** When the owner can be told: how much is queued now. Undefined if it has become too much again meanwhile. */
  takeReport(): number | undefined {
    this.isReporting = false
    const queued = this.watched.queued
    if (queued < limits.channelLow) {
      this.sent = 0
      return queued
    }
    this.watch()
    return undefined
  }

  stop(): void {
    this.sent = 0
    this.stopWatching()
  }

  private watch(): void {
    if (this.pollEvery !== undefined) this.poll ??= setInterval(() => this.check(), this.pollEvery)
  }

  private stopWatching(): void {
    clearInterval(this.poll)
    this.poll = undefined
  }
}
