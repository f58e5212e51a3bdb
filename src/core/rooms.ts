// The rooms of a signaling server: peers of one topic share one; it introduces them and passes on what they say to each
// other. Held by sigver.ts, which has checked who they are and what they may say.
import type { CloseReason } from './closeCodes.js'
import { Components, Occupant } from './components.js'
import type { ChannelId, Context, Note } from './contract.js'
import type { Announcement, Said } from './door.js'
import { Hints } from './hints.js'
import { Introductions } from './introductions.js'
import * as limits from './limits.js'
import { passedOn } from './relayFrame.js'
import { type Claim, encodeToPeer, type Peer, type Relay, type ToPeer } from './signalingWire.js'

export interface RoomsOptions {
  readonly maxRooms: number
  readonly maxPeersPerRoom: number
}

interface Seat {
  readonly room: Room
  readonly occupant: Occupant
}

interface Room {
  readonly topic: string
  readonly components: Components
  readonly introductions: Introductions
  readonly hints: Hints
  /** What claims have cost since the last sweep. */
  work: number
  /** Whose claims wait for the next one, and whether they ask. */
  readonly late: Map<Occupant, boolean>
}

export class Rooms {
  private readonly seats = new Map<ChannelId, Seat>()
  private readonly rooms = new Map<string, Room>()
  /** Rooms with a wave of hints; as all last equally long, the first ends first. */
  private readonly hinting = new Set<Room>()

  constructor(
    private readonly context: Context,
    private readonly options: RoomsOptions,
    private readonly dismiss: (channel: ChannelId, reason: CloseReason) => void,
  ) {}

  get size(): number {
    return this.seats.size
  }

  // ---- peers

  arrive(channel: ChannelId, topic: string, { peer, favored, claim }: Announcement): void {
    const room = this.rooms.get(topic)
    const holder = room?.components.holder(peer.id)
    if (holder && holder.peer.incarnation !== peer.incarnation) return this.dismiss(channel, 'idTaken')
    if (!room && this.rooms.size >= this.options.maxRooms) return this.dismiss(channel, 'full')
    if (!holder && (room?.components.size ?? 0) >= this.options.maxPeersPerRoom)
      return this.dismiss(channel, 'roomFull')
    this.seat(channel, room ?? this.open(topic), holder ?? new Occupant(peer, favored), favored, claim)
  }

  hear(channel: ChannelId, frame: Said, bytes: Uint8Array): void {
    const seat = this.seats.get(channel)
    if (!seat) return
    const { room, occupant } = seat
    switch (frame.type) {
      case 'claim':
        // An older socket may still have something to say when the newer one has said better.
        if (newest(occupant) === channel) this.claim(room, occupant, frame.claim)
        return
      case 'relay':
        return this.relay(room, occupant, frame, bytes)
      case 'unreachable':
        return room.introductions.unreachable(occupant, frame.peer, this.context.now)
    }
  }

  /** It was away for a while, and speaks again. */
  returned(channel: ChannelId): void {
    const seat = this.seats.get(channel)
    seat?.room.introductions.returned(seat.occupant)
  }

  /** `quietly`: it is not gone, only seated elsewhere. */
  leave(channel: ChannelId, quietly: boolean): void {
    const seat = this.seats.get(channel)
    if (!seat) return
    this.seats.delete(channel)
    this.vacate(channel, seat, quietly)
  }

  private seat(
    channel: ChannelId,
    room: Room,
    occupant: Occupant,
    favored: boolean,
    { members }: Claim,
  ): void {
    if (occupant.channels.length === 0) {
      room.components.arrive(occupant)
      this.note({ type: 'peer', topic: room.topic, id: occupant.peer.id, isThere: true })
    }
    occupant.isFavored = favored
    occupant.channels = [...occupant.channels, channel]
    this.seats.set(channel, { room, occupant })
    room.components.claim(occupant, members)
    room.introductions.arrive(occupant, this.context.now)
  }

  private claim(room: Room, occupant: Occupant, { members, check }: Claim): void {
    room.components.claim(occupant, members)
    if (room.work >= limits.roomWork) room.late.set(occupant, check || (room.late.get(occupant) ?? false))
    else room.introductions.claim(occupant, check, this.context.now)
    room.work += room.components.size ** 2
  }

  private relay(room: Room, sender: Occupant, { peer, payload }: Relay, bytes: Uint8Array): void {
    const recipient = room.components.find(peer)
    if (!recipient) return
    room.introductions.relayed(sender, recipient)
    this.send(recipient, passedOn(bytes, sender.peer))
    this.note({ type: 'relayed', bytes: payload.length })
  }

  private vacate(channel: ChannelId, { room, occupant }: Seat, quietly: boolean): void {
    const { now } = this.context
    occupant.channels = occupant.channels.filter((other) => other !== channel)
    if (occupant.channels.length > 0) return
    const population = room.components.size
    room.components.leave(occupant)
    room.late.delete(occupant)
    this.note({ type: 'peer', topic: room.topic, id: occupant.peer.id, isThere: false })
    if (room.components.size === 0) return this.shut(room)
    room.introductions.leave(occupant, now)
    if (!quietly) this.hint(room, room.hints.leave(occupant.peer, population, now))
  }

  // ---- rooms

  /** Forgets everyone. */
  clear(): void {
    for (const room of [...this.rooms.values()]) this.shut(room)
    this.seats.clear()
  }

  private open(topic: string): Room {
    const components = new Components()
    const introductions = new Introductions(components, (occupant, frame) => this.introduce(occupant, frame))
    const room = { topic, components, introductions, hints: new Hints(), work: 0, late: new Map() }
    this.rooms.set(topic, room)
    this.note({ type: 'room', topic, isOpen: true })
    return room
  }

  private shut(room: Room): void {
    this.rooms.delete(room.topic)
    this.note({ type: 'room', topic: room.topic, isOpen: false })
    if (this.hinting.delete(room)) this.setHints()
  }

  // ---- time

  /** Called every limits.sweep. */
  sweep(): void {
    const { now } = this.context
    for (const room of this.rooms.values()) {
      room.work = 0
      for (const [occupant, check] of room.late) room.introductions.claim(occupant, check, now)
      room.late.clear()
      room.introductions.sweep(now)
    }
  }

  flushHints(): void {
    const { now } = this.context
    for (const room of [...this.hinting]) {
      if ((room.hints.due ?? now) > now) break
      this.hinting.delete(room)
      const left = room.hints.flush(room.components.size, now)
      const peers = left.filter((peer) => !room.components.find(peer))
      this.hint(room, peers)
    }
    this.setHints()
  }

  private hint(room: Room, peers: readonly Peer[]): void {
    if (peers.length > 0) {
      const bytes = encodeToPeer({ type: 'gone', peers: peers.slice(0, limits.members) })
      for (const occupant of room.components.all()) this.send(occupant, bytes)
    }
    if (room.hints.due === undefined) return
    this.hinting.add(room)
    if (this.hinting.size === 1) this.setHints()
  }

  private setHints(): void {
    const [first] = this.hinting
    this.context.out({ do: 'timer', timer: 'hints', at: first?.hints.due })
  }

  // ---- outputs

  private introduce(occupant: Occupant, frame: ToPeer): void {
    this.tell(occupant, frame)
    if (frame.type === 'introduction') this.note({ type: 'introduced' })
  }

  private tell(occupant: Occupant, frame: ToPeer): void {
    this.send(occupant, encodeToPeer(frame))
  }

  private send(occupant: Occupant, bytes: Uint8Array): void {
    const channel = newest(occupant)
    if (channel !== undefined) this.context.out({ do: 'send', channel, bytes })
  }

  private note(note: Note): void {
    this.context.out({ do: 'note', note })
  }
}

const newest = ({ channels }: Occupant): ChannelId | undefined => channels[channels.length - 1]
