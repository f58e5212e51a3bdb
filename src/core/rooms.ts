// The signaling server as a pure machine: sockets announce peers, peers of one topic share a room, rooms introduce
// them and pass on what they say to each other. Driven by Sigver.ts and by the simulator.
import { type CloseReason, closeCodes, closeReasons } from './closeCodes.js'
import { Components, Occupant } from './components.js'
import type { ChannelId, Core, Input, Milliseconds, Output } from './contract.js'
import { Hints } from './hints.js'
import { Introductions } from './introductions.js'
import { limits, PROTOCOL_VERSION } from './limits.js'
import {
  type Claim,
  decodeToServer,
  encodeToPeer,
  type Peer,
  type ToPeer,
  type ToServer,
} from './signalingWire.js'

interface Socket {
  readonly channel: ChannelId
  readonly topic: string
  readonly since: Milliseconds
  heardAt: Milliseconds
  /** Frames that it may still send at `heardAt`. */
  budget: number
  /** Once it has announced itself. */
  seat: Seat | undefined
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
}

type Announce = ToServer & { readonly type: 'announce' }

const topicPattern = new RegExp(`^[A-Za-z0-9_-]{${limits.topicLength}}$`)

/** A member's topic is 32 bytes in base64url. */
export const isTopic = (path: string): boolean => topicPattern.test(path)

export class Rooms implements Core {
  private readonly sockets = new Map<ChannelId, Socket>()
  private readonly rooms = new Map<string, Room>()
  /** Rooms with a wave of hints; as all last equally long, the first ends first. */
  private readonly hinting = new Set<Room>()
  private outputs: Output[] = []
  private sweptAt: Milliseconds = 0
  private isDraining = false

  handle(input: Input, now: Milliseconds): readonly Output[] {
    switch (input.on) {
      case 'accepted':
        this.accept(input.channel, input.path, now)
        break
      case 'received':
        this.receive(input.channel, input.bytes, now)
        break
      case 'closed':
        this.forget(input.channel, now)
        break
      case 'timer':
        if (input.timer === 'sweep') this.sweep(now)
        if (input.timer === 'hints') this.flushHints(now)
        break
    }
    return this.take()
  }

  /** Sends everyone away, to come back later or elsewhere, and accepts nobody any more. */
  drain(): readonly Output[] {
    this.isDraining = true
    for (const channel of this.sockets.keys()) this.close(channel, 'closing')
    for (const timer of ['sweep', 'hints'] as const) this.outputs.push({ do: 'timer', timer, at: undefined })
    this.sockets.clear()
    this.rooms.clear()
    this.hinting.clear()
    return this.take()
  }

  private take(): readonly Output[] {
    const outputs = this.outputs
    this.outputs = []
    return outputs
  }

  // ---- sockets

  private accept(channel: ChannelId, path: string, now: Milliseconds): void {
    if (this.isDraining) return this.close(channel, 'closing')
    if (!isTopic(path)) return this.close(channel, 'badTopic')
    if (this.sockets.size === 0) this.setSweep(now)
    const budget = limits.frameBurst
    this.sockets.set(channel, { channel, topic: path, since: now, heardAt: now, budget, seat: undefined })
  }

  private receive(channel: ChannelId, bytes: Uint8Array, now: Milliseconds): void {
    const socket = this.sockets.get(channel)
    if (!socket) return
    const wasAway = now - socket.heardAt >= limits.absence
    if (!spend(socket, now)) return this.dismiss(socket, 'tooManyFrames', now)
    if (wasAway && socket.seat) socket.seat.room.introductions.returned(socket.seat.occupant)
    const frame = decodeToServer(bytes)
    if (!frame) return this.dismiss(socket, 'badFrame', now)
    if (frame.type === 'ping') return this.send(channel, { type: 'pong' })
    if (frame.type === 'announce') return this.announce(socket, frame, now)
    if (!socket.seat) return this.dismiss(socket, 'notAnnounced', now)
    this.perform(socket.channel, socket.seat, frame, now)
  }

  private dismiss(socket: Socket, reason: CloseReason, now: Milliseconds): void {
    this.close(socket.channel, reason)
    this.forget(socket.channel, now)
  }

  private forget(channel: ChannelId, now: Milliseconds): void {
    const socket = this.sockets.get(channel)
    if (!socket) return
    this.sockets.delete(channel)
    if (socket.seat) this.vacate(channel, socket.seat, now)
    if (this.sockets.size === 0) this.outputs.push({ do: 'timer', timer: 'sweep', at: undefined })
  }

  // ---- peers

  private announce(socket: Socket, { version, peer, favored, claim }: Announce, now: Milliseconds): void {
    if (socket.seat) return this.dismiss(socket, 'notAnnounced', now)
    if (version !== PROTOCOL_VERSION) return this.dismiss(socket, 'badVersion', now)
    const room = this.rooms.get(socket.topic) ?? this.open(socket.topic)
    const holder = room.components.holder(peer.id)
    if (holder && holder.peer.incarnation !== peer.incarnation) return this.dismiss(socket, 'idTaken', now)
    const occupant = holder ?? new Occupant(peer, favored)
    if (!holder) room.components.arrive(occupant)
    occupant.isFavored = favored
    occupant.channels.push(socket.channel)
    socket.seat = { room, occupant }
    room.components.claim(occupant, claim.members)
    room.introductions.arrive(occupant, now)
  }

  private perform(channel: ChannelId, { room, occupant }: Seat, frame: ToServer, now: Milliseconds): void {
    switch (frame.type) {
      case 'claim':
        // An older socket may still have something to say when the newer one has said better.
        if (newest(occupant) === channel) this.claim(room, occupant, frame.claim, now)
        return
      case 'relay':
        return this.relay(room, occupant, frame.peer, frame.payload)
      case 'unreachable':
        return room.introductions.unreachable(occupant, frame.peer, now)
    }
  }

  private claim(room: Room, occupant: Occupant, { members, check }: Claim, now: Milliseconds): void {
    room.components.claim(occupant, members)
    room.introductions.claim(occupant, check, now)
  }

  private relay(room: Room, sender: Occupant, peer: Peer, payload: Uint8Array): void {
    const recipient = room.components.find(peer)
    if (!recipient) return
    room.introductions.relayed(sender, recipient)
    this.tell(recipient, { type: 'relay', peer: sender.peer, payload })
  }

  private vacate(channel: ChannelId, { room, occupant }: Seat, now: Milliseconds): void {
    occupant.channels.splice(occupant.channels.indexOf(channel), 1)
    if (occupant.channels.length > 0) return
    const population = room.components.size
    room.components.leave(occupant)
    if (room.components.size === 0) return this.shut(room)
    room.introductions.leave(occupant, now)
    this.hint(room, room.hints.leave(occupant.peer, population, now))
  }

  // ---- rooms

  private open(topic: string): Room {
    const components = new Components()
    const introductions = new Introductions(components, (occupant, frame) => this.tell(occupant, frame))
    const room = { topic, components, introductions, hints: new Hints() }
    this.rooms.set(topic, room)
    return room
  }

  private shut(room: Room): void {
    this.rooms.delete(room.topic)
    if (this.hinting.delete(room)) this.setHints()
  }

  private hint(room: Room, peers: readonly Peer[]): void {
    if (peers.length > 0) {
      const bytes = encodeToPeer({ type: 'gone', peers: peers.slice(0, limits.members) })
      for (const occupant of room.components.all()) this.sendBytes(newest(occupant), bytes)
    }
    if (room.hints.due === undefined) return
    this.hinting.add(room)
    if (this.hinting.size === 1) this.setHints()
  }

  private flushHints(now: Milliseconds): void {
    for (const room of this.hinting) {
      if ((room.hints.due ?? now) > now) break
      this.hinting.delete(room)
      const left = room.hints.flush(room.components.size, now)
      const peers = left.filter((peer) => !room.components.find(peer))
      this.hint(room, peers)
    }
    this.setHints()
  }

  // ---- time

  private sweep(now: Milliseconds): void {
    // A sweep that comes late was held up with everything else: what the sockets sent meanwhile has not been read yet.
    if (now - this.sweptAt < limits.sweep + limits.lateTick) this.dropSilent(now)
    for (const room of this.rooms.values()) room.introductions.sweep(now)
    if (this.sockets.size > 0) this.setSweep(now)
  }

  private dropSilent(now: Milliseconds): void {
    for (const socket of this.sockets.values()) {
      if (!socket.seat && now - socket.since >= limits.firstFrame) this.dismiss(socket, 'late', now)
      else if (now - socket.heardAt >= limits.socketSilence) this.dismiss(socket, 'silent', now)
    }
  }

  private setSweep(now: Milliseconds): void {
    this.sweptAt = now
    this.outputs.push({ do: 'timer', timer: 'sweep', at: now + limits.sweep })
  }

  private setHints(): void {
    const [first] = this.hinting
    this.outputs.push({ do: 'timer', timer: 'hints', at: first?.hints.due })
  }

  // ---- outputs

  private tell(occupant: Occupant, frame: ToPeer): void {
    this.send(newest(occupant), frame)
  }

  private send(channel: ChannelId | undefined, frame: ToPeer): void {
    this.sendBytes(channel, encodeToPeer(frame))
  }

  private sendBytes(channel: ChannelId | undefined, bytes: Uint8Array): void {
    if (channel !== undefined) this.outputs.push({ do: 'send', channel, bytes })
  }

  private close(channel: ChannelId, reason: CloseReason): void {
    this.outputs.push({ do: 'close', channel, code: closeCodes[reason], reason: closeReasons[reason] })
  }
}

const newest = ({ channels }: Occupant): ChannelId | undefined => channels[channels.length - 1]

/** A token bucket. False: it sends more than it may. */
function spend(socket: Socket, now: Milliseconds): boolean {
  const earned = ((now - socket.heardAt) * limits.framesPerSecond) / 1000
  socket.budget = Math.min(socket.budget + earned, limits.frameBurst) - 1
  socket.heardAt = now
  return socket.budget >= 0
}
