// Counts the peer connections of this process, over all groups in it: @roamhq/wrtc takes tens of file descriptors
// for each, and aborts the whole process when there are no more.
import * as limits from '../core/limits.js'

export class PeerConnections {
  private live = 0

  constructor(private readonly most: number = limits.peerConnections) {}

  get count(): number {
    return this.live
  }

  /** Takes a place; returns how to give it back, or nothing if all are taken. */
  take(): (() => void) | undefined {
    if (this.live >= this.most) return undefined
    this.live++
    let isGiven = false
    return () => {
      if (!isGiven) this.live--
      isGiven = true
    }
  }
}

/** The only state that outlives a group: groups do not know of each other, but they share the process. */
export const ofThisProcess = new PeerConnections()
