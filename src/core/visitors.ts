// The guests of other instances who sit here: their sockets are there, the room is here. Held by cluster.ts, which hears
// from those instances. Knows them by the numbers of their sockets there; the rooms know them as channels from 1 on.
import type { Part } from './clusterWire.js'
import type { ChannelId, InstanceName } from './contract.js'
import { announcementOf } from './door.js'
import type { House } from './house.js'
import { decodeToServer } from './signalingWire.js'

export interface RemoteSeat {
  readonly at: InstanceName
  /** The number of its socket there. */
  readonly seat: number
}

/** Those of one instance. */
interface Party {
  readonly seats: Map<number, ChannelId>
  /** Those who were not told anew yet. */
  stale: Set<number> | undefined
  /** What they were told may be lost. */
  hasMissed: boolean
}

export class Visitors {
  private readonly parties = new Map<InstanceName, Party>()
  private readonly places = new Map<ChannelId, RemoteSeat>()
  private lastChannel = 0

  constructor(private readonly house: House) {}

  /** Where its socket is. */
  placeOf(channel: ChannelId): RemoteSeat | undefined {
    return this.places.get(channel)
  }

  /** All of them are told from here on, until complete(). */
  beginAnew(from: InstanceName, hasMissed: boolean): void {
    const party = this.partyOf(from)
    party.stale = new Set(party.seats.keys())
    party.hasMissed = hasMissed
  }

  /** Who was not told has left. */
  complete(from: InstanceName): void {
    const party = this.partyOf(from)
    for (const seat of party.stale ?? []) this.leave(from, seat, false)
    party.stale = undefined
    party.hasMissed = false
  }

  arrive(from: InstanceName, { seat, topic, frame }: Part & { kind: 'arrived' }): void {
    const announce = decodeToServer(frame)
    if (announce?.type !== 'announce') return
    const party = this.partyOf(from)
    const before = party.seats.get(seat)
    party.stale?.delete(seat)
    if (before !== undefined && !party.hasMissed) {
      const { members } = announce.claim
      return this.house.hear(before, { type: 'claim', claim: { members, check: false } }, frame)
    }
    const channel = ++this.lastChannel
    party.seats.set(seat, channel)
    this.places.set(channel, { at: from, seat })
    this.house.arrive(channel, topic, announcementOf(announce))
    // The new one first: so it never was away.
    if (before === undefined) return
    this.places.delete(before)
    this.house.leave(before, true)
  }

  hear(from: InstanceName, { seat, frame }: Part & { kind: 'said' }): void {
    const said = decodeToServer(frame)
    const channel = this.partyOf(from).seats.get(seat)
    if (said && channel !== undefined && said.type !== 'announce' && said.type !== 'ping')
      this.house.hear(channel, said, frame)
  }

  returned(from: InstanceName, seat: number): void {
    this.house.returned(this.partyOf(from).seats.get(seat) ?? 0)
  }

  leave(from: InstanceName, seat: number, quietly: boolean): void {
    const { seats } = this.partyOf(from)
    const channel = seats.get(seat)
    seats.delete(seat)
    if (channel === undefined) return
    this.places.delete(channel)
    this.house.leave(channel, quietly)
  }

  /** That instance is dead, and so are their sockets. */
  forget(from: InstanceName): void {
    for (const seat of [...this.partyOf(from).seats.keys()]) this.leave(from, seat, false)
    this.parties.delete(from)
  }

  clear(): void {
    this.parties.clear()
    this.places.clear()
  }

  private partyOf(name: InstanceName): Party {
    const known = this.parties.get(name)
    if (known) return known
    const party = { seats: new Map(), stale: undefined, hasMissed: false }
    this.parties.set(name, party)
    return party
  }
}
