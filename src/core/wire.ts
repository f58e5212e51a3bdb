// Bytes <-> checked peer frames. The only importer of the generated peer code.
// Whatever comes out of decodeFrame() has the right lengths and lies within limits.ts; malformed bytes give undefined.
import { NOTHING, Reader } from './bytes.js'
import type { Incarnation, MemberId } from './contract.js'
import { peer as proto } from './generated/peer.js'
import * as limits from './limits.js'
import { fromHex, toHex } from './secrets.js'

/** A link's name: who dialed it, and that member's count of dials. */
export interface LinkName {
  readonly dialer: MemberId
  readonly attempt: number
}

export interface Hello {
  readonly versionMin: number
  readonly versionMax: number
  readonly topic: Uint8Array
  readonly id: MemberId
  readonly incarnation: Incarnation
  /** 0 and '' when the sender does not know whom it talks to: an invited bot. */
  readonly peerId: MemberId
  readonly peerIncarnation: Incarnation
  readonly nonce: Uint8Array
  readonly proof: Uint8Array
  readonly name: LinkName
  /** The URL that was dialed, '' on a data channel. */
  readonly url: string
  readonly held: readonly LinkName[]
  /** '' but for an invited bot. */
  readonly key: string
  /** The sender's end of the session with the receiver, 0 if there is none yet. */
  readonly tag: number
}

export interface Announcement {
  readonly id: MemberId
  readonly incarnation: Incarnation
  readonly version: number
  readonly neighbors: readonly MemberId[]
  /** Where it accepts WebSockets, '' if nowhere. */
  readonly url: string
  readonly rtc: boolean
}

export type Frame =
  | { readonly type: 'challenge'; readonly version: number; readonly nonce: Uint8Array }
  | { readonly type: 'hello'; readonly hello: Hello }
  | { readonly type: 'announcements'; readonly members: readonly Announcement[] }
  | {
      readonly type: 'open'
      readonly tag: number
      readonly peerTag: number
      readonly incarnation: Incarnation
      readonly peerIncarnation: Incarnation
      /** The sender's session is open: it needs no answer. */
      readonly isOpen: boolean
    }
  | {
      readonly type: 'data'
      readonly tag: number
      readonly bulk: boolean
      readonly number: number
      readonly ack: number
      readonly bulkAck: number
    }
  | {
      readonly type: 'ack'
      readonly tag: number
      readonly ack: number
      readonly bulkAck: number
      readonly gap: boolean
    }
  | { readonly type: 'reset'; readonly tag: number }
  | { readonly type: 'ping'; readonly number: number; readonly tag: number }
  | { readonly type: 'pong'; readonly number: number }
  | { readonly type: 'signal' }

/** Who sent a frame to whom; zeros between the two ends of a link. */
export interface Route {
  readonly from: MemberId
  readonly to: MemberId
  readonly hops: number
}

export interface Envelope extends Route {
  readonly frame: Frame
  /** What follows the frame: a block or a sealed payload. A view of the input. */
  readonly payload: Uint8Array
}

export const DIRECT: Route = { from: 0, to: 0, hops: 0 }

/** One new array: the frame, then the payload's parts. */
export function encodeFrame(frame: Frame, route: Route = DIRECT, ...payload: Uint8Array[]): Uint8Array {
  const head = proto.Frame.encodeDelimited(toProto(frame, route))
  if (payload.length === 0) return head
  let size = head.length
  for (const part of payload) size += part.length
  const bytes = new Uint8Array(size)
  bytes.set(head)
  let offset = head.length
  for (const part of payload) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** Never throws. */
export function decodeFrame(bytes: Uint8Array): Envelope | undefined {
  if (bytes.length > limits.frame) return undefined
  try {
    const reader = new Reader(bytes)
    const encoded = reader.delimited()
    const message = proto.Frame.decode(encoded)
    const frame = fromProto(message, encoded.length)
    if (frame === undefined) return undefined
    const { from, to, hops } = message
    if ((from === 0) !== (to === 0) || hops > limits.hops) return undefined
    return { from, to, hops, frame, payload: reader.rest() }
  } catch {
    return undefined // protobuf.ts throws on bytes that make no sense
  }
}

/** The part of a hello that its proof covers. */
export function helloTranscript(hello: Hello): Uint8Array {
  return proto.Hello.encode(helloToProto({ ...hello, proof: NOTHING }))
}

function helloToProto(hello: Hello) {
  return {
    versionMin: hello.versionMin,
    versionMax: hello.versionMax,
    topic: hello.topic,
    id: hello.id,
    incarnation: fromHex(hello.incarnation),
    peerId: hello.peerId,
    peerIncarnation: fromHex(hello.peerIncarnation),
    nonce: hello.nonce,
    proof: hello.proof,
    dialer: hello.name.dialer,
    attempt: hello.name.attempt,
    url: hello.url,
    held: hello.held,
    key: hello.key,
    tag: hello.tag,
  }
}

function toProto(frame: Frame, { from, to, hops }: Route): proto.IFrame {
  const message: proto.IFrame = from === 0 ? {} : { from, to, hops }
  const { type } = frame
  if (type === 'hello') message.hello = helloToProto(frame.hello)
  else if (type === 'announcements')
    message.announcements = { members: frame.members.map(announcementToProto) }
  else if (type === 'open') message.open = openToProto(frame)
  // Its fields are those of its message. Not in a literal with a computed name: there is a frame for each message.
  else (message as Record<string, unknown>)[type] = frame
  return message
}

function openToProto(open: Frame & { type: 'open' }): proto.IOpen {
  const incarnation = fromHex(open.incarnation)
  return { ...open, incarnation, peerIncarnation: fromHex(open.peerIncarnation) }
}

function announcementToProto(member: Announcement): proto.IAnnouncement {
  return { ...member, incarnation: fromHex(member.incarnation) }
}

function fromProto(message: proto.Frame, length: number): Frame | undefined {
  const { challenge, hello, announcements, open, data, ack, reset, ping, pong, signal } = message
  if (data) {
    const { tag, bulk, number, ack, bulkAck } = data
    return { type: 'data', tag, bulk, number, ack, bulkAck }
  }
  if (ack) return { type: 'ack', ...plain(ack) }
  if (ping) return { type: 'ping', number: ping.number, tag: ping.tag }
  if (pong) return { type: 'pong', number: pong.number }
  if (signal) return { type: 'signal' }
  if (reset) return { type: 'reset', tag: reset.tag }
  if (open) return openFromProto(open)
  if (announcements) return announcementsFromProto(announcements)
  if (challenge) {
    const { version, nonce } = challenge
    return nonce.length === 16 ? { type: 'challenge', version, nonce } : undefined
  }
  return hello && length <= limits.hello ? helloFromProto(hello) : undefined
}

function plain({ tag, ack, bulkAck, gap }: proto.Ack) {
  return { tag, ack, bulkAck, gap }
}

function openFromProto(open: proto.Open): Frame | undefined {
  const { tag, peerTag, isOpen } = open
  if (tag === 0 || open.incarnation.length !== 8 || open.peerIncarnation.length !== 8) return undefined
  const incarnation = toHex(open.incarnation)
  const peerIncarnation = toHex(open.peerIncarnation)
  return { type: 'open', tag, peerTag, incarnation, peerIncarnation, isOpen }
}

function announcementsFromProto(announcements: proto.Announcements): Frame | undefined {
  const members: Announcement[] = []
  for (const item of announcements.members) {
    const { id, incarnation, version, neighbors, url, rtc } = item
    if (id === 0 || incarnation.length !== 8 || neighbors.length > limits.members || url.length > limits.url)
      return undefined
    members.push({ id, incarnation: toHex(incarnation), version, neighbors, url, rtc })
  }
  return members.length <= limits.members ? { type: 'announcements', members } : undefined
}

function helloFromProto(message: proto.Hello): Frame | undefined {
  const { versionMin, versionMax, topic, id, incarnation, peerId, peerIncarnation, nonce, proof } = message
  const { dialer, attempt, url, held, key, tag } = message
  const knowsPeer = peerId !== 0
  if (id === 0 || topic.length !== 32 || incarnation.length !== 8 || nonce.length !== 16) return undefined
  if (proof.length !== 32 || peerIncarnation.length !== (knowsPeer ? 8 : 0)) return undefined
  if (url.length > limits.url || key.length > limits.keyLength || held.length > 8) return undefined
  const hello: Hello = {
    versionMin,
    versionMax,
    topic,
    id,
    incarnation: toHex(incarnation),
    peerId,
    peerIncarnation: toHex(peerIncarnation),
    nonce,
    proof,
    name: { dialer, attempt },
    url,
    held: held.map(({ dialer, attempt }) => ({ dialer, attempt })),
    key,
    tag,
  }
  return { type: 'hello', hello }
}
