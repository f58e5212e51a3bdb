// Makes guessing slow: counts wrong passwords per address for a minute. Used by appPage.ts. What it remembers is bounded.
import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

const MOST_WRONG = 5
const PERIOD = 60_000
/** Guess: above it the oldest are forgotten, so that an attacker with many addresses takes no memory. */
const MOST_ADDRESSES = 10_000

interface Wrong {
  count: number
  readonly until: number
}

export class Attempts {
  private readonly wrong = new Map<string, Wrong>()

  constructor(private readonly now: () => number) {}

  /** Seconds until this address may try again; 0: now. */
  waitOf(address: string): number {
    const wrong = this.wrong.get(sourceOf(address))
    if (!wrong || wrong.count < MOST_WRONG) return 0
    return Math.max(0, Math.ceil((wrong.until - this.now()) / 1_000))
  }

  failed(address: string): void {
    const source = sourceOf(address)
    const known = this.wrong.get(source)
    if (known && known.until > this.now()) {
      known.count++
      return
    }
    // The newest last, so that the first is the oldest.
    this.wrong.delete(source)
    this.wrong.set(source, { count: 1, until: this.now() + PERIOD })
    if (this.wrong.size <= MOST_ADDRESSES) return
    for (const oldest of this.wrong.keys()) return void this.wrong.delete(oldest)
  }
}

/** Of IPv6 the network: whoever has one address there has them all. */
function sourceOf(address: string): string {
  if (!isIPv6(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? parsed.toByteArray().slice(0, 8).join('.') : parsed.toString()
}
