// The rooms of a signaling server: peers of one topic share one; it introduces them and passes on what they say to each
// other. Held by sigver.ts, which has checked who they are and what they may say.
import type { CloseReason } from './closeCodes.js'
import { Components, Occupant } from './components.js'
import type { ChannelId, Context, Note } from './contract.js'
import type { Announcement, Said } from './door.js'
import { Hints } from './hints.js'
import { Introductions } from './introductions.js'
import * as limits from './limits.js'
import { readdress } from './relayFrame.js'
import { type Claim, encodeToPeer, type Peer, type Relay, type ToPeer } from './signalingWire.js'

export interface RoomsOptions {
  readonly maxRooms: number
  readonly maxPeersPerRoom: number
}

class Guest extends Occupant {
  constructor(
    readonly room: Room,
    peer: Peer,
    isFavored: boolean,
  ) {
    super(peer, isFavored)
  }
}

interface Room {
  readonly topic: string
  readonly components: Components<Guest>
  readonly introductions: Introductions
  readonly hints: Hints
}

export class Rooms {
  private readonly seats = new Map<ChannelId, Guest>()
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
    if (holder && holder.incarnation !== peer.incarnation) return this.dismiss(channel, 'idTaken')
    if (!room && this.rooms.size >= this.options.maxRooms) return this.dismiss(channel, 'full')
    if (!holder && (room?.components.size ?? 0) >= this.options.maxPeersPerRoom)
      return this.dismiss(channel, 'roomFull')
    this.seat(channel, holder ?? new Guest(room ?? this.open(topic), peer, favored), favored, claim)
  }

  hear(channel: ChannelId, frame: Said, bytes: Uint8Array): void {
    const guest = this.seats.get(channel)
    if (!guest) return
    const { room } = guest
    switch (frame.type) {
      case 'claim':
        // An older socket may still have something to say when the newer one has said better.
        if (guest.channel !== channel) return
        room.components.claim(guest, frame.claim.members)
        return room.introductions.claim(guest, frame.claim.check, this.context.now)
      case 'relay':
        return this.relay(guest, frame, bytes)
      case 'unreachable':
        return room.introductions.unreachable(guest, frame.peer, this.context.now)
    }
  }

  /** It was away for a while, and speaks again. */
  returned(channel: ChannelId): void {
    const guest = this.seats.get(channel)
    guest?.room.introductions.returned(guest)
  }

  /** `quietly`: it is not gone, only seated elsewhere. */
  leave(channel: ChannelId, quietly: boolean): void {
    const guest = this.seats.get(channel)
    if (!guest) return
    this.seats.delete(channel)
    this.vacate(channel, guest, quietly)
  }

  private seat(channel: ChannelId, guest: Guest, favored: boolean, { members }: Claim): void {
    const { room, id } = guest
    if (guest.channel === undefined) {
      room.components.arrive(guest)
      this.note({ type: 'peer', topic: room.topic, id, isThere: true })
    } else guest.older = [...guest.older, guest.channel]
    guest.isFavored = favored
    guest.channel = channel
    this.seats.set(channel, guest)
    room.components.claim(guest, members)
    room.introductions.arrive(guest, this.context.now)
  }

  private relay(sender: Guest, { peer, payload }: Relay, bytes: Uint8Array): void {
    const { components, introductions } = sender.room
    const recipient = components.find(peer)
    if (!recipient) return
    introductions.relayed(sender, recipient)
    readdress(bytes, sender)
    this.send(recipient, bytes)
    this.note({ type: 'relayed', bytes: payload.length })
  }

  private vacate(channel: ChannelId, guest: Guest, quietly: boolean): void {
    const { now } = this.context
    if (channel !== guest.channel) guest.older = guest.older.filter((other) => other !== channel)
    else {
      guest.channel = guest.older.at(-1)
      guest.older = guest.older.slice(0, -1)
    }
    if (guest.channel !== undefined) return
    const { room, id } = guest
    const population = room.components.size
    room.components.leave(guest)
    this.note({ type: 'peer', topic: room.topic, id, isThere: false })
    if (room.components.size === 0) return this.shut(room)
    room.introductions.leave(guest, now)
    if (!quietly) this.hint(room, room.hints.leave(guest, population, now))
  }

  // ---- rooms

  /** Forgets everyone. */
  clear(): void {
    for (const room of [...this.rooms.values()]) this.shut(room)
    this.seats.clear()
  }

  private open(topic: string): Room {
    const components = new Components<Guest>()
    const introductions = new Introductions(components, this.introduce)
    const room = { topic, components, introductions, hints: new Hints() }
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
    for (const room of this.rooms.values()) room.introductions.sweep(now)
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

  /** One for all rooms. */
  private readonly introduce = (occupant: Occupant, frame: ToPeer): void => {
    this.tell(occupant, frame)
    if (frame.type === 'introduction') this.note({ type: 'introduced' })
  }

  private tell(occupant: Occupant, frame: ToPeer): void {
    this.send(occupant, encodeToPeer(frame))
  }

  private send(occupant: Occupant, bytes: Uint8Array): void {
    const { channel } = occupant
    if (channel !== undefined) this.context.out({ do: 'send', channel, bytes })
  }

  private note(note: Note): void {
    this.context.out({ do: 'note', note })
  }
}
