// What a seed decides of a life before it begins: who takes part, in which groups, and which faults come when.
// The same seed and options always give the same plan.
import type { Milliseconds } from '../../src/core/contract.js'
import { Random } from './clock.js'
import { type Cast, drawFault, type Fault, type FaultKind, faultKinds } from './faults.js'
import type { Host } from './network.js'

export interface PlanOptions {
  /** Default: 2 to 8 in 85 % of all seeds, up to 20 in 14 %, up to 60 in 1 %. */
  readonly members?: number
  /** At most so many. */
  readonly largest?: number
  /** Of the first phase, with faults; virtual. Default: half a minute to two minutes. */
  readonly minutes?: number
  /** Default: all kinds. */
  readonly faults?: readonly FaultKind[]
}

export interface Plan extends Cast {
  readonly seed: number
  readonly bots: readonly Host[]
  /** Pairs of members that can never have a data channel. */
  readonly forbidden: readonly (readonly [Host, Host])[]
  readonly duration: Milliseconds
  readonly faults: readonly Fault[]
}

export function makePlan(seed: number, options: PlanOptions = {}): Plan {
  const random = new Random(seed ^ 0x3c6ef372)
  const size = Math.min(drawSize(random), options.largest ?? Infinity)
  const members = Array.from({ length: options.members ?? size }, (_, i) => `m${i}`)
  const keys = ['red', 'green', 'blue'].slice(0, random.pick([1, 1, 1, 2, 3]))
  const homes = new Map(members.map((host) => [host, random.pick(keys)]))
  const cast: Cast = { members, keys, keyOf: (host) => homes.get(host) ?? '' }
  const bots = ['b0', 'b1'].slice(0, random.pick([0, 0, 1, 1, 2]))
  const duration = options.minutes === undefined ? random.between(30_000, 120_000) : options.minutes * 60_000
  const chance = random.chance(0.5) ? random.next() * 0.3 : 0
  const forbidden = pairsOf(members).filter(() => random.chance(chance))
  const chosen = options.faults ?? faultKinds
  const count = chosen.length > 0 ? Math.round((duration / 60_000) * random.between(0, 16)) : 0
  const faults = Array.from({ length: count }, () =>
    drawFault(random.pick(chosen), random.next() * duration, random, cast),
  ).sort((a, b) => a.at - b.at)
  return { ...cast, seed, bots, forbidden, duration, faults }
}

function drawSize(random: Random): number {
  const share = random.next()
  if (share < 0.85) return random.between(2, 8)
  return share < 0.99 ? random.between(9, 20) : random.between(21, 60)
}

function pairsOf(hosts: readonly Host[]): [Host, Host][] {
  return hosts.flatMap((a, i) => hosts.slice(i + 1).map((b): [Host, Host] => [a, b]))
}
