// When a turn ends: at once after the present one, unless turns follow each other so fast that what they send had better
// travel together. Each packet costs a thread switch (some 20 us in Chromium, 100 in @roamhq/wrtc) whatever its size.
// Used by the two ports.
import type { Milliseconds } from '../core/contract.js'
import * as limits from '../core/limits.js'

export class Turns {
  private since: Milliseconds = 0
  private count = 0

  /** `soon` calls back after the present turn. */
  constructor(
    private readonly now: () => Milliseconds,
    private readonly soon: (callback: () => void) => void,
  ) {}

  end(callback: () => void): void {
    const now = this.now()
    if (now - this.since >= limits.turnWindow) {
      this.since = now
      this.count = 0
    }
    this.count += 1
    // The timers of a hidden page may take a second.
    if (this.count <= limits.turnsPerWindow || isHidden()) this.soon(callback)
    else setTimeout(callback, limits.turnWindow)
  }
}

const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden'
