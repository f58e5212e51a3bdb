// What is wrong with the simulated network at this moment: asked by network.ts for every message, changed by world.ts
// and by the faults of a life.
import type { Milliseconds } from '../../src/core/contract.js'
import type { Random } from './clock.js'
import type { Faults, Host } from './network.js'

/** Each holds until it is taken back. `who` are hosts. */
export type Trouble =
  /** Nothing passes in either direction; open connections stall, and die in the end. */
  | { readonly trouble: 'cut'; readonly who: readonly [Host, Host] }
  /** The same from the first to the second only. */
  | { readonly trouble: 'one-way cut'; readonly who: readonly [Host, Host] }
  /** Nothing passes between these hosts and all others. One host, or one side of a partition. */
  | { readonly trouble: 'apart'; readonly who: readonly Host[] }
  /** So many bytes per millisecond. */
  | { readonly trouble: 'slow link'; readonly who: readonly [Host, Host]; readonly rate: number }
  /** So many milliseconds more to and from this host. */
  | { readonly trouble: 'late'; readonly who: readonly [Host]; readonly by: Milliseconds }
  /** All delays are longer by this factor. */
  | { readonly trouble: 'slow network'; readonly factor: number }
  /** No jitter at all: what is done at the same moment arrives at the same moment, so that dials cross. */
  | { readonly trouble: 'even network' }

const RATE = 20_000 // bytes per millisecond

export class Conditions implements Faults {
  private readonly troubles = new Set<Trouble>()
  private readonly forbidden = new Set<string>()

  constructor(private readonly random: Random) {}

  begin(trouble: Trouble): void {
    this.troubles.add(trouble)
  }

  end(trouble: Trouble): void {
    this.troubles.delete(trouble)
  }

  /** Of those that are between these hosts. */
  endAll(isMeant: (trouble: Trouble) => boolean = () => true): void {
    for (const trouble of this.troubles) if (isMeant(trouble)) this.troubles.delete(trouble)
  }

  /** This pair can never have a data channel. */
  forbid(a: Host, b: Host): void {
    this.forbidden.add(pair(a, b))
  }

  isForbidden(a: Host, b: Host): boolean {
    return this.forbidden.has(pair(a, b))
  }

  isCut(from: Host, to: Host): boolean {
    for (const trouble of this.troubles) if (cuts(trouble, from, to)) return true
    return false
  }

  rate(from: Host, to: Host): number {
    let rate = RATE
    for (const trouble of this.troubles)
      if (trouble.trouble === 'slow link' && isBetween(trouble.who, from, to))
        rate = Math.min(rate, trouble.rate)
    return rate
  }

  delay(from: Host, to: Host): Milliseconds {
    let jitter = this.random.next() * 9
    let factor = 1
    let late = 0
    for (const trouble of this.troubles) {
      if (trouble.trouble === 'even network') jitter = 4
      else if (trouble.trouble === 'slow network') factor = Math.max(factor, trouble.factor)
      else if (trouble.trouble === 'late' && (trouble.who[0] === from || trouble.who[0] === to))
        late += trouble.by
    }
    return (1 + jitter) * factor + late
  }
}

function cuts(trouble: Trouble, from: Host, to: Host): boolean {
  switch (trouble.trouble) {
    case 'cut':
      return isBetween(trouble.who, from, to)
    case 'one-way cut':
      return trouble.who[0] === from && trouble.who[1] === to
    case 'apart':
      return trouble.who.includes(from) !== trouble.who.includes(to)
    default:
      return false
  }
}

export function isBetween([a, b]: readonly [Host, Host], from: Host, to: Host): boolean {
  return (a === from && b === to) || (a === to && b === from)
}

function pair(a: Host, b: Host): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
