// When a turn ends: at once after the present one, unless turns follow each other so fast that what they send had better
// travel together. Each packet costs a thread switch (some 20 us in Chromium, 100 in @roamhq/wrtc) whatever its size.
// Used by the two ports, and by Sigver for what its instances tell each other.
import type { Milliseconds } from '../core/contract.js'
import * as limits from '../core/limits.js'

export class Turns {
  private since: Milliseconds = 0
  private count = 0

  /** `soon` calls back after the present turn. So many turns of a window end at once. */
  constructor(
    private readonly now: () => Milliseconds,
    private readonly soon: (callback: () => void) => void,
    private readonly most: number = limits.turnsPerWindow,
    private readonly window: Milliseconds = limits.turnWindow,
  ) {}

  end(callback: () => void): void {
    const now = this.now()
    if (now - this.since >= this.window) {
      this.since = now
      this.count = 0
    }
    this.count += 1
    // The timers of a hidden page may take a second.
    if (this.count <= this.most || isHidden()) this.soon(callback)
    else setTimeout(callback, this.window)
  }
}

const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden'
