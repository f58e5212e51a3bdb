// Collects whose sockets closed in one room, so that the rest is told in few frames, or not at all when most leave
// together: then it is rather the network or a server that went. Used by rooms.ts.
import type { Milliseconds } from './contract.js'
import { limits } from './limits.js'
import type { Peer } from './signalingWire.js'

/** Fewer may leave together without being most of a room. */
const CROWD = 3

interface Wave {
  readonly until: Milliseconds
  /** Peers in the room when it began. */
  readonly population: number
  left: number
  readonly untold: Peer[]
}

export class Hints {
  private wave: Wave | undefined

  /** Someone left a room of so many. Returns whom to tell of at once: the first of a wave. */
  leave(peer: Peer, population: number, now: Milliseconds): readonly Peer[] {
    if (!this.wave) {
      this.wave = { until: now + limits.hintWindow, population, left: 1, untold: [] }
      return [peer]
    }
    this.wave.left += 1
    this.wave.untold.push(peer)
    return []
  }

  /** When flush() wants to be called. */
  get due(): Milliseconds | undefined {
    return this.wave?.until
  }

  /** Ends the wave. Returns whom to tell of; if there is anyone, the next wave begins. */
  flush(population: number, now: Milliseconds): readonly Peer[] {
    const wave = this.wave
    this.wave = undefined
    if (!wave || wave.untold.length === 0 || isExodus(wave)) return []
    this.wave = { until: now + limits.hintWindow, population, left: 0, untold: [] }
    return wave.untold
  }
}

const isExodus = ({ left, population }: Wave): boolean => left >= CROWD && left > population / 2
