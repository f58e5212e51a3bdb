// Collects whose sockets closed in one room, so that the rest is told in few frames, or not at all when most leave
// together: then it is rather the network or a server that went. Used by rooms.ts.
import type { Incarnation, Milliseconds } from './contract.js'
import * as limits from './limits.js'
import type { Peer } from './signalingWire.js'

/** Fewer may leave together without being most of a room. */
const CROWD = 3

interface Wave {
  readonly until: Milliseconds
  /** Peers in the room when it began. */
  readonly population: number
  /** By incarnation: who goes, comes back and goes again is one peer. */
  readonly gone: Set<Incarnation>
  readonly untold: Map<Incarnation, Peer>
}

export class Hints {
  private wave: Wave | undefined

  /** Someone left a room of so many. Returns whom to tell of at once: the first of a wave. */
  leave(peer: Peer, population: number, now: Milliseconds): readonly Peer[] {
    if (!this.wave) {
      const gone = new Set([peer.incarnation])
      this.wave = { until: now + limits.hintWindow, population, gone, untold: new Map() }
      return [peer]
    }
    this.wave.gone.add(peer.incarnation)
    this.wave.untold.set(peer.incarnation, peer)
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
    if (!wave || wave.untold.size === 0 || isExodus(wave)) return []
    this.wave = { until: now + limits.hintWindow, population, gone: new Set(), untold: new Map() }
    return [...wave.untold.values()]
  }
}

const isExodus = ({ gone, population }: Wave): boolean => gone.size >= CROWD && gone.size > population / 2
