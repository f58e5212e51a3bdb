// Watches how much a connection still has queued, and says once when that has fallen below limits.channelLow.
// Armed by sending that much; while it is not armed it neither reads the queue (costly in @roamhq/wrtc) nor runs a timer.
// A base of connection.ts, not a part: a server has thousands of connections, and an object of its own takes 50 bytes more.
import type { Milliseconds } from '../core/contract.js'
import * as limits from '../core/limits.js'

export abstract class Gauge {
  private sent = 0
  private poll: ReturnType<typeof setInterval> | undefined
  /** A report is on its way. */
  private isReporting = false

  abstract get queued(): number
  /** Calls takeReport() later. */
  protected abstract hasShrunk(): void

  /** Undefined: someone calls checkQueue() whenever the queue may have shrunk. */
  protected get pollEvery(): Milliseconds | undefined {
    return undefined
  }

  /** Whether the queue is watched when so much more is sent. */
  protected isWatchedAfter(bytes: number): boolean {
    return this.sent + bytes >= limits.channelLow
  }

  /** The queue cannot be longer, as it was below channelLow at the last report. Costs nothing to ask. */
  protected get mostQueued(): number {
    return this.sent + limits.channelLow
  }

  protected hasSent(bytes: number): void {
    const wasArmed = this.isArmed
    this.sent += bytes
    // The queue may be short already, and then no event would ever tell.
    if (!wasArmed && this.isArmed && !this.checkQueue()) this.watch()
  }

  /** Reports if there is something to report; returns whether it did. */
  protected checkQueue(): boolean {
    if (!this.isArmed || this.isReporting || this.queued >= limits.channelLow) return false
    this.stopPolling()
    this.isReporting = true
    this.hasShrunk()
    return true
  }

  /** When the owner can be told: how much is queued now. Undefined if it has become too much again meanwhile. */
  protected takeReport(): number | undefined {
    this.isReporting = false
    const { queued } = this
    if (queued < limits.channelLow) {
      this.sent = 0
      return queued
    }
    this.watch()
    return undefined
  }

  protected stopWatching(): void {
    this.sent = 0
    this.stopPolling()
  }

  private get isArmed(): boolean {
    return this.isWatchedAfter(0)
  }

  private watch(): void {
    if (this.pollEvery !== undefined) this.poll ??= setInterval(() => this.checkQueue(), this.pollEvery)
  }

  private stopPolling(): void {
    clearInterval(this.poll)
    this.poll = undefined
  }
}
