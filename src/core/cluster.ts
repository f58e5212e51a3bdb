// Several instances of Sigver as one: each topic has one owner among them, whose rooms seat all its peers; the others hold
// their sockets for it. Held by sigver.ts between the door and the rooms. No room is ever in two places for long: when an
// owner comes or goes the holders tell the new one of their guests, and the guests' claims rebuild the room.
import { Writer } from './bytes.js'
import { type CloseReason, closeCodes } from './closeCodes.js'
import {
  decodeToInstance,
  encodeToInstance,
  type Part,
  partsIn,
  type ToInstance,
  writePart,
} from './clusterWire.js'
import type { ChannelId, Context, InstanceName, Milliseconds } from './contract.js'
import type { Announcement, Said } from './door.js'
import type { House } from './house.js'
import { Instances } from './instances.js'
import * as limits from './limits.js'
import { encodeToServer } from './signalingWire.js'
import { Visitors } from './visitors.js'

/** A peer with a socket here. */
interface Guest {
  readonly topic: string
  /** With what it claimed last. */
  announcement: Announcement
  /** Where it sits; undefined: nowhere yet. */
  owner: InstanceName | undefined
}

/** Another instance, as one that I talk with. */
interface Line {
  /** Numbers of the last batch, each way. */
  sent: number
  received: number
  /**
   * What is to be said next, and the batch made of it: always in the same buffers, as large as the largest was. Each that is
   * let go of counts for V8 when it decides whether to look through all memory.
   */
  readonly parts: Writer
  readonly batch: Writer
}

export class Cluster implements House {
  private readonly instances: Instances
  private readonly guests = new Map<ChannelId, Guest>()
  private readonly lines = new Map<InstanceName, Line>()
  /** Their channels count up from 1; those of sockets here count down from -1. */
  private readonly visitors: Visitors
  private isFlushDue = false
  /** Whether it is known who else is there: before that nobody is seated. */
  private settledAt: Milliseconds | undefined
  /** Those who came before that have their seats. */
  private isArranged = false

  constructor(
    private readonly context: Context,
    me: InstanceName,
    private readonly house: House,
    private readonly dismissGuest: (channel: ChannelId, reason: CloseReason) => void,
  ) {
    this.instances = new Instances(context, me)
    this.visitors = new Visitors(house)
  }

  // ---- guests, as the door reports them

  arrive(channel: ChannelId, topic: string, announcement: Announcement): void {
    const guest: Guest = { topic, announcement: { ...announcement, token: '' }, owner: undefined }
    this.guests.set(channel, guest)
    if (this.isArranged) this.seat(channel, guest)
  }

  hear(channel: ChannelId, frame: Said, bytes: Uint8Array): void {
    const guest = this.guests.get(channel)
    if (!guest) return
    if (frame.type === 'claim') {
      // Whoever tells a new owner of it demands an answer, as this may be the one who still owes it.
      guest.announcement = { ...guest.announcement, claim: { members: frame.claim.members, check: true } }
    }
    if (guest.owner === this.instances.me) this.house.hear(channel, frame, bytes)
    else this.post(guest.owner, { kind: 'said', seat: -channel, frame: bytes })
  }

  returned(channel: ChannelId): void {
    const owner = this.guests.get(channel)?.owner
    if (owner === this.instances.me) this.house.returned(channel)
    else this.post(owner, { kind: 'returned', seat: -channel })
  }

  leave(channel: ChannelId): void {
    const owner = this.guests.get(channel)?.owner
    this.guests.delete(channel)
    if (owner === this.instances.me) this.house.leave(channel, false)
    else this.post(owner, { kind: 'left', seat: -channel })
  }

  // ---- what the rooms say to those who sit here and have their sockets elsewhere

  tell(channel: ChannelId, frame: Uint8Array): void {
    const seat = this.visitors.placeOf(channel)
    if (seat) this.post(seat.at, { kind: 'told', seat: seat.seat, frame })
  }

  dismiss(channel: ChannelId, reason: CloseReason): void {
    const seat = this.visitors.placeOf(channel)
    if (!seat) return
    this.post(seat.at, { kind: 'dismissed', seat: seat.seat, code: closeCodes[reason] })
    this.visitors.leave(seat.at, seat.seat, false)
  }

  // ---- inputs

  busChanged(isUp: boolean): void {
    this.instances.busChanged(isUp)
    if (!isUp) return
    this.settledAt ??= this.context.now + limits.instanceGreeting
    this.setBeat()
    // What was said meanwhile is lost.
    for (const name of this.instances.alive) this.synchronize(name)
  }

  published(from: InstanceName, bytes: Uint8Array): void {
    const message = from === this.instances.me ? undefined : decodeToInstance(bytes)
    if (!message) return
    if (message.type !== 'batch') this.instances.hear(from, message)
    else if (this.instances.accepts(from, message.session)) this.onBatch(from, message)
    this.rearrange()
  }

  beat(): void {
    this.instances.tick()
    this.rearrange()
    this.setBeat()
  }

  /** The end of a turn: what was said in it travels together. */
  flush(): void {
    this.isFlushDue = false
    for (const [name, line] of this.lines) {
      if (line.parts.length === 0) continue
      const session = this.instances.sessionOf(name)
      const parts = line.parts.written
      const bytes = encodeToInstance({ type: 'batch', number: ++line.sent, session, parts }, line.batch)
      line.parts.clear()
      this.context.out({ do: 'publish', to: name, bytes })
    }
  }

  close(): void {
    this.instances.bye()
    this.guests.clear()
    this.lines.clear()
    this.visitors.clear()
    this.context.out({ do: 'timer', timer: 'beat', at: undefined })
  }

  private get isSettled(): boolean {
    return this.settledAt !== undefined && this.context.now >= this.settledAt
  }

  private setBeat(): void {
    this.context.out({ do: 'timer', timer: 'beat', at: this.context.now + limits.beat })
  }

  // ---- who sits where

  private rearrange(): void {
    const facts = this.instances.take()
    for (const { fact, name } of facts) {
      if (fact === 'appeared') this.synchronize(name)
      else this.forget(name)
    }
    if (!this.isSettled || (this.isArranged && facts.length === 0)) return
    this.isArranged = true
    for (const [channel, guest] of this.guests) {
      if (guest.owner !== this.instances.owner(guest.topic)) this.seat(channel, guest)
    }
  }

  /** At the owner of its topic, whoever that is now. */
  private seat(channel: ChannelId, guest: Guest): void {
    const { owner: before, topic, announcement } = guest
    const owner = this.instances.owner(topic)
    guest.owner = owner
    if (before === this.instances.me) this.house.leave(channel, true)
    else this.post(before, { kind: 'moved', seat: -channel })
    if (owner === this.instances.me) this.house.arrive(channel, topic, announcement)
    else this.post(owner, { kind: 'arrived', seat: -channel, topic, frame: encodeToServer(announcement) })
  }

  /** One of us may have missed something that the other said. */
  private synchronize(name: InstanceName): void {
    this.introduceGuests(name, 'missed')
    this.post(name, { kind: 'resync' })
  }

  private introduceGuests(name: InstanceName, kind: 'anew' | 'missed'): void {
    this.post(name, { kind })
    for (const [channel, { owner, topic, announcement }] of this.guests) {
      if (owner !== name) continue
      this.post(name, { kind: 'arrived', seat: -channel, topic, frame: encodeToServer(announcement) })
    }
    this.post(name, { kind: 'complete' })
  }

  /** It is dead, and so are its sockets. */
  private forget(name: InstanceName): void {
    this.visitors.forget(name)
    this.lines.delete(name)
    for (const guest of this.guests.values()) if (guest.owner === name) guest.owner = undefined
  }

  // ---- what other instances say

  private onBatch(from: InstanceName, { number, parts }: ToInstance & { type: 'batch' }): void {
    const line = this.lineTo(from)
    // What was said already is a replay.
    if (number <= line.received) return
    const isWhole = number === line.received + 1
    line.received = number
    for (const part of partsIn(parts)) this.onPart(from, part)
    if (!isWhole) this.synchronize(from)
  }

  private onPart(from: InstanceName, part: Part): void {
    const { visitors } = this
    switch (part.kind) {
      case 'anew':
      case 'missed':
        return visitors.beginAnew(from, part.kind === 'missed')
      case 'complete':
        return visitors.complete(from)
      case 'arrived':
        return visitors.arrive(from, part)
      case 'said':
        return visitors.hear(from, part)
      case 'returned':
        return visitors.returned(from, part.seat)
      case 'left':
      case 'moved':
        return visitors.leave(from, part.seat, part.kind === 'moved')
      case 'told':
        if (this.guests.get(-part.seat)?.owner === from)
          this.context.out({ do: 'send', channel: -part.seat, bytes: part.frame })
        return
      case 'dismissed':
        return this.onDismissed(from, -part.seat, part.code)
      case 'resync':
        return this.introduceGuests(from, 'anew')
    }
  }

  private onDismissed(from: InstanceName, channel: ChannelId, code: number): void {
    const reason = reasonOf(code)
    if (!reason || this.guests.get(channel)?.owner !== from) return
    this.guests.delete(channel)
    this.dismissGuest(channel, reason)
  }

  // ---- what we say to them

  private lineTo(name: InstanceName): Line {
    const known = this.lines.get(name)
    if (known) return known
    const line = { sent: 0, received: 0, parts: new Writer(), batch: new Writer() }
    this.lines.set(name, line)
    return line
  }

  /** Without a bus nothing is said: everything is told anew when it is back. */
  private post(to: InstanceName | undefined, part: Part): void {
    if (to === undefined || !this.instances.isUp || !this.instances.isAlive(to)) return
    writePart(this.lineTo(to).parts, part)
    if (this.isFlushDue) return
    this.isFlushDue = true
    this.context.out({ do: 'turn' })
  }
}

const reasonOf = (code: number): CloseReason | undefined =>
  (Object.keys(closeCodes) as CloseReason[]).find((name) => closeCodes[name] === code)
