// What Sigver tells of its work, to several listeners at once. Made by service.ts of metrics.ts and logging.ts.
import type { SigverObserver } from '../sigverOptions.js'

/** Only what somebody listens to: Sigver need not count for nobody. */
export function together(observers: readonly Partial<SigverObserver>[]): Partial<SigverObserver> {
  const both: Partial<SigverObserver> = {}
  for (const observer of observers) add(both, observer)
  return both
}

function add(to: Partial<SigverObserver>, from: Partial<SigverObserver>): void {
  to.connected = chained(to.connected, from.connected)
  to.disconnected = chained(to.disconnected, from.disconnected)
  to.refused = chained(to.refused, from.refused)
  to.frame = chained(to.frame, from.frame)
  to.room = chained(to.room, from.room)
  to.peer = chained(to.peer, from.peer)
  to.introduced = chained(to.introduced, from.introduced)
  to.relayed = chained(to.relayed, from.relayed)
  to.reachable = chained(to.reachable, from.reachable)
}

type Told<A extends readonly unknown[]> = ((...facts: A) => void) | undefined

function chained<A extends readonly unknown[]>(first: Told<A>, second: Told<A>): Told<A> {
  if (!first || !second) return first ?? second
  return (...facts) => {
    first(...facts)
    second(...facts)
  }
}
