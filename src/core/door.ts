// Who may speak with Sigver, and how much: a deadline for the first frame, a version, a token, a budget of frames for each
// socket and each address. Held by sigver.ts, which passes on what those who may have to say. Knows no rooms.
import { type Address, Addresses, type AddressOptions } from './addresses.js'
import { type CloseReason, closeCodes, closeReasons } from './closeCodes.js'
import type { ChannelId, Context, Milliseconds, TurnServer } from './contract.js'
import * as limits from './limits.js'
import {
  type Announce,
  decodeToServer,
  encodeToPeer,
  type Peer,
  peerOf,
  type ToPeer,
  type ToServer,
} from './signalingWire.js'

export interface DoorOptions extends AddressOptions {
  /** Whether each peer needs somebody's consent. */
  readonly authenticates: boolean
  /** New credentials, and how long they are good. */
  readonly turn: ((peer: Peer) => { readonly server: TurnServer; readonly lasts: Milliseconds }) | undefined
}

/** With the peer that it makes of who said it. */
export type Announcement = Announce & { readonly peer: Peer }
export const announcementOf = (frame: Announce): Announcement => ({ ...frame, peer: peerOf(frame) })

/** What a peer that was let in says. */
export type Said = Exclude<ToServer, { type: 'announce' } | { type: 'ping' }>

export type DoorFact =
  | {
      readonly fact: 'arrived'
      readonly channel: ChannelId
      readonly topic: string
      readonly announcement: Announcement
    }
  | { readonly fact: 'said'; readonly channel: ChannelId; readonly frame: Said; readonly bytes: Uint8Array }
  /** It was asleep or cut off, and speaks again. */
  | { readonly fact: 'returned'; readonly channel: ChannelId }
  | { readonly fact: 'left'; readonly channel: ChannelId }

const BURST = 1000 * limits.frameBurst

/** A class, as V8 gives each object that is spread of others a shape of its own, which takes more memory than the object. */
class Socket {
  /** Thousandths of a frame that it may still send at `heardAt`: whole numbers take no memory of their own. */
  budget = BURST
  turn: Turn | undefined

  constructor(
    readonly channel: ChannelId,
    readonly address: Address,
    public heardAt: Milliseconds,
    public stage: Arriving | Asking | typeof INSIDE,
  ) {}
}

interface Arriving {
  readonly topic: string
  readonly since: Milliseconds
}

/** It has announced itself, and somebody decides about its token. */
interface Asking extends Arriving {
  readonly announcement: Announce
  /** What came meanwhile. */
  readonly waiting: Uint8Array[]
}

const INSIDE = 'inside'

/** Who has credentials, and when it needs new ones. */
interface Turn {
  readonly peer: Peer
  readonly until: Milliseconds
}

const topicPattern = new RegExp(`^[A-Za-z0-9_-]{${limits.topicLength}}$`)

/** A member's topic is 32 bytes in base64url. */
export const isTopic = (path: string): boolean => topicPattern.test(path)

const PONG = encodeToPeer({ type: 'pong' })

export class Door {
  private readonly sockets = new Map<ChannelId, Socket>()
  private readonly addresses: Addresses
  private facts: DoorFact[] = []
  private isShut = false

  constructor(
    private readonly context: Context,
    private readonly options: DoorOptions,
  ) {
    this.addresses = new Addresses(options)
  }

  take(): readonly DoorFact[] {
    const facts = this.facts
    if (facts.length > 0) this.facts = []
    return facts
  }

  get size(): number {
    return this.sockets.size
  }

  // ---- inputs

  accept(channel: ChannelId, path: string, address: string): void {
    const { now } = this.context
    if (this.isShut) return this.close(channel, 'closing')
    if (!isTopic(path)) return this.close(channel, 'badTopic')
    const from = this.addresses.enter(address, now)
    if (!from) return this.close(channel, 'addressFull')
    this.sockets.set(channel, new Socket(channel, from, now, { topic: path, since: now }))
  }

  receive(channel: ChannelId, bytes: Uint8Array): void {
    const socket = this.sockets.get(channel)
    if (!socket) return
    const { now } = this.context
    const wasAway = now - socket.heardAt >= limits.absence
    if (!this.spend(socket)) return this.dismiss(channel, 'tooManyFrames')
    if (wasAway && socket.stage === INSIDE) this.facts.push({ fact: 'returned', channel })
    this.hear(socket, bytes)
  }

  authenticated(channel: ChannelId, refusal: string | undefined): void {
    const socket = this.sockets.get(channel)
    if (!socket || !isAsking(socket.stage)) return
    if (refusal !== undefined) return this.dismiss(channel, 'refused', refusal)
    const { topic, announcement, waiting } = socket.stage
    this.admit(socket, topic, announcement)
    for (const bytes of waiting) if (this.sockets.has(channel)) this.hear(socket, bytes)
  }

  /** Its socket is closed, by whomever. */
  forget(channel: ChannelId): void {
    const socket = this.sockets.get(channel)
    if (!socket) return
    this.sockets.delete(channel)
    this.addresses.leave(socket.address)
    if (socket.stage === INSIDE) this.facts.push({ fact: 'left', channel })
  }

  sweep(): void {
    const { now } = this.context
    this.addresses.sweep(now)
    for (const socket of this.sockets.values()) {
      const reason = lateness(socket, now)
      if (reason) this.dismiss(socket.channel, reason)
    }
  }

  /** Those who are inside get new credentials before the old ones expire. */
  refresh(): void {
    for (const socket of this.sockets.values())
      if (socket.turn && socket.turn.until <= this.context.now) this.tellTurn(socket, socket.turn.peer)
  }

  /** Sends everyone away, to come back later or elsewhere, and lets nobody in any more. */
  shut(): void {
    this.isShut = true
    for (const { channel, stage } of this.sockets.values()) {
      const [low = 0, high = 0] = this.context.random(2)
      const after = Math.floor((limits.returning * (low + 256 * high)) / 65_536)
      if (stage === INSIDE) this.tell(channel, { type: 'away', after })
      this.close(channel, 'closing')
    }
    this.sockets.clear()
    this.addresses.clear()
  }

  /** Sends one away. */
  dismiss(channel: ChannelId, reason: CloseReason, why?: string): void {
    this.close(channel, reason, why)
    this.forget(channel)
  }

  // ---- frames

  private hear(socket: Socket, bytes: Uint8Array): void {
    const { channel, stage } = socket
    const frame = decodeToServer(bytes)
    if (!frame) this.dismiss(channel, 'badFrame')
    else if (!this.pay(socket, idsIn(frame) / limits.idsPerFrame)) this.dismiss(channel, 'tooManyFrames')
    else if (frame.type === 'ping') this.context.out({ do: 'send', channel, bytes: PONG })
    else if (frame.type === 'announce') this.announce(socket, frame)
    else if (stage === INSIDE) this.facts.push({ fact: 'said', channel, frame, bytes })
    else if (isAsking(stage) && stage.waiting.length < limits.waitingFrames) stage.waiting.push(bytes.slice())
    else this.dismiss(channel, 'notAnnounced')
  }

  private announce(socket: Socket, announcement: Announce): void {
    const { channel, stage } = socket
    if (!isArriving(stage)) return this.dismiss(channel, 'notAnnounced')
    if (announcement.version !== limits.PROTOCOL_VERSION) return this.dismiss(channel, 'badVersion')
    if (!this.options.authenticates) return this.admit(socket, stage.topic, announcement)
    socket.stage = { topic: stage.topic, announcement, since: this.context.now, waiting: [] }
    this.context.out({ do: 'authenticate', channel, token: announcement.token })
  }

  private admit(socket: Socket, topic: string, frame: Announce): void {
    const { channel } = socket
    const announcement = announcementOf(frame)
    socket.stage = INSIDE
    this.tellTurn(socket, announcement.peer)
    this.facts.push({ fact: 'arrived', channel, topic, announcement })
  }

  private tellTurn(socket: Socket, peer: Peer): void {
    const turn = this.options.turn?.(peer)
    if (!turn) return
    socket.turn = { peer, until: this.context.now + turn.lasts / 2 }
    this.tell(socket.channel, { type: 'turn', ...turn.server })
  }

  /** A token bucket. False: it sends more than it may. */
  private spend(socket: Socket): boolean {
    const { now } = this.context
    const earned = (now - socket.heardAt) * this.options.framesPerSecond
    socket.budget = Math.min(socket.budget + earned, BURST)
    socket.heardAt = now
    return this.pay(socket, 1)
  }

  /** False: it has no more, or its address has not. */
  private pay(socket: Socket, price: number): boolean {
    socket.budget -= 1000 * Math.floor(price)
    return socket.budget >= 0 && this.addresses.spend(socket.address, Math.floor(price), this.context.now)
  }

  // ---- outputs

  private tell(channel: ChannelId, frame: ToPeer): void {
    this.context.out({ do: 'send', channel, bytes: encodeToPeer(frame) })
  }

  private close(channel: ChannelId, name: CloseReason, why = closeReasons[name]): void {
    const code = closeCodes[name]
    this.context.out({ do: 'note', note: { type: 'refused', channel, code, reason: why } })
    this.context.out({ do: 'close', channel, code, reason: why })
  }
}

const isAsking = (stage: Socket['stage']): stage is Asking => stage !== INSIDE && 'waiting' in stage
const isArriving = (stage: Socket['stage']): stage is Arriving => stage !== INSIDE && !isAsking(stage)

/** What a frame asks Sigver to look at. */
const idsIn = (frame: ToServer): number => ('claim' in frame ? frame.claim.members.length : 0)

/** Has it said what it should have said by now? */
function lateness({ stage, heardAt }: Socket, now: Milliseconds): CloseReason | undefined {
  const patience = isAsking(stage) ? limits.authentication : limits.firstFrame
  if (stage !== INSIDE && now - stage.since >= patience) return 'late'
  return now - heardAt >= limits.socketSilence ? 'silent' : undefined
}
