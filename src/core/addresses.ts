// What the sockets of one address may do together: how many there are, and how much they say. Held by door.ts.
// An address that has no sockets any more is remembered until it may say as much as a new one.
import type { Milliseconds } from './contract.js'
import * as limits from './limits.js'

export interface Address {
  readonly name: string
  sockets: number
  /** Frames that its sockets may still send at `earnedAt`. */
  budget: number
  earnedAt: Milliseconds
}

export interface AddressOptions {
  readonly socketsPerAddress: number
  /** Of one socket. */
  readonly framesPerSecond: number
}

const MOST = limits.crowd * limits.frameBurst

export class Addresses {
  private readonly all = new Map<string, Address>()
  /** Those without sockets; the longest without them first. */
  private readonly deserted = new Set<Address>()

  constructor(private readonly options: AddressOptions) {}

  /** How many are known. */
  get size(): number {
    return this.all.size
  }

  /** Another socket. Undefined: there are as many as may be. */
  enter(name: string, now: Milliseconds): Address | undefined {
    const address = this.all.get(name) ?? { name, sockets: 0, budget: MOST, earnedAt: now }
    if (address.sockets >= this.options.socketsPerAddress) return undefined
    address.sockets += 1
    this.all.set(name, address)
    this.deserted.delete(address)
    return address
  }

  leave(address: Address): void {
    address.sockets -= 1
    if (address.sockets > 0) return
    this.deserted.add(address)
    const [first] = this.deserted
    if (first && this.deserted.size > limits.addresses) this.forget(first)
  }

  /** A token bucket. False: it has no more. What is refused costs nothing, so the others of a crowd have their share. */
  spend(address: Address, price: number, now: Milliseconds): boolean {
    this.earn(address, now)
    if (address.budget < price) return false
    address.budget -= price
    return true
  }

  sweep(now: Milliseconds): void {
    for (const address of this.deserted) {
      this.earn(address, now)
      if (address.budget >= MOST) this.forget(address)
    }
  }

  clear(): void {
    this.all.clear()
    this.deserted.clear()
  }

  private earn(address: Address, now: Milliseconds): void {
    const perSecond = limits.crowd * this.options.framesPerSecond
    address.budget = Math.min(MOST, address.budget + ((now - address.earnedAt) * perSecond) / 1000)
    address.earnedAt = now
  }

  private forget(address: Address): void {
    this.all.delete(address.name)
    this.deserted.delete(address)
  }
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length
  const all = [
    ...groups,
    ...Array.from({ length: Math.max(0, zeros) }, () => '0'),
    ...(tail ?? '').split(':'),
  ]
  return all.slice(0, 4).join(':') + '::/64'
}
