// Bytes <-> checked frames between a peer and Sigver. Used by both ends; the only importer of the generated signaling code.
// What the decoders return has the right lengths and lies within limits.ts; any other bytes give undefined.
import type { Incarnation, MemberId, Preimage, TurnServer } from './contract.js'
import { signaling as proto } from './generated/signaling.js'
import * as limits from './limits.js'
import { RELAY_TAG, relayIn } from './relayFrame.js'
import { fromHex, incarnationOf, toHex } from './secrets.js'

/** A member as Sigver and the others tell it apart. */
export interface Peer {
  readonly id: MemberId
  readonly incarnation: Incarnation
}

/** A peer as it announces itself. Sigver makes the incarnation itself: whoever was only told of a peer cannot be it. */
export interface Identity {
  readonly id: MemberId
  readonly preimage: Preimage
}

export const peerOf = ({ id, preimage }: Identity): Peer => ({ id, incarnation: incarnationOf(preimage) })

export interface Claim {
  readonly members: readonly Peer[]
  /** Demands an answer: `connected` or `introduction`. */
  readonly check: boolean
}

/** `peer` is the recipient on the way to Sigver, the sender on the way from it. `payload` is a view of the input. */
export interface Relay {
  readonly type: 'relay'
  readonly peer: Peer
  readonly payload: Uint8Array
}

export interface Announce extends Identity {
  readonly type: 'announce'
  readonly version: number
  readonly favored: boolean
  readonly claim: Claim
  /** '' if there is none. */
  readonly token: string
}

export interface Introduction {
  readonly type: 'introduction'
  readonly peer: Peer
  readonly others: readonly Peer[]
  /** Those of them who are: they may listen. */
  readonly favored: readonly MemberId[]
}

export type ToServer =
  | Announce
  | { readonly type: 'claim'; readonly claim: Claim }
  | Relay
  | { readonly type: 'unreachable'; readonly peer: Peer }
  | { readonly type: 'ping' }

export type ToPeer =
  | { readonly type: 'connected' }
  | Introduction
  | Relay
  | { readonly type: 'gone'; readonly peers: readonly Peer[] }
  | { readonly type: 'pong' }
  | ({ readonly type: 'turn' } & TurnServer)
  /** Milliseconds. */
  | { readonly type: 'away'; readonly after: number }

const INCARNATION_BYTES = 8
const PREIMAGE_BYTES = 16

// ---- to Sigver

export const encodeToServer = (frame: ToServer): Uint8Array => proto.ToServer.encode(toServerProto(frame))

/** Never throws. */
export const decodeToServer = (bytes: Uint8Array): ToServer | undefined =>
  bytes[0] === RELAY_TAG ? relayIn(bytes) : decode(proto.ToServer, bytes, toServerFrame)

function toServerProto(frame: ToServer): proto.IToServer {
  switch (frame.type) {
    case 'announce': {
      const { version, id, favored, claim, token } = frame
      const preimage = fromHex(frame.preimage)
      return { announce: { version, id, preimage, favored, claim: claimProto(claim), token } }
    }
    case 'claim':
      return { claim: claimProto(frame.claim) }
    case 'relay':
      return { relay: { peer: peerProto(frame.peer), payload: frame.payload } }
    case 'unreachable':
      return { unreachable: { peer: peerProto(frame.peer) } }
    case 'ping':
      return { ping: {} }
  }
}

/** All but relays. */
function toServerFrame({ announce, claim, unreachable, ping }: proto.ToServer): ToServer | undefined {
  if (announce) return announceFrom(announce)
  if (claim) return fill(claimFrom(claim), (claim) => ({ type: 'claim', claim }))
  if (unreachable) return fill(peerFrom(unreachable.peer), (peer) => ({ type: 'unreachable', peer }))
  return ping ? { type: 'ping' } : undefined
}

function announceFrom(announce: proto.Announce): ToServer | undefined {
  const { version, id, preimage, favored, token } = announce
  const claim = claimFrom(announce.claim)
  if (!id || preimage.length !== PREIMAGE_BYTES || !claim || token.length > limits.token) return undefined
  const identity = { id, preimage: toHex(preimage) }
  return { type: 'announce', version, ...identity, favored, claim, token }
}

// ---- to a peer

export const encodeToPeer = (frame: ToPeer): Uint8Array => proto.ToPeer.encode(toPeerProto(frame))

/** Never throws. */
export const decodeToPeer = (bytes: Uint8Array): ToPeer | undefined =>
  decode(proto.ToPeer, bytes, toPeerFrame)

function toPeerProto(frame: ToPeer): proto.IToPeer {
  switch (frame.type) {
    case 'connected':
      return { connected: {} }
    case 'introduction':
      return { introduction: introductionProto(frame) }
    case 'relay':
      return { relay: { peer: peerProto(frame.peer), payload: frame.payload } }
    case 'gone':
      return { gone: { peers: peersProto(frame.peers) } }
    case 'pong':
      return { pong: {} }
    case 'turn':
      return { turn: frame }
    case 'away':
      return { away: { after: frame.after } }
  }
}

function toPeerFrame(frame: proto.ToPeer): ToPeer | undefined {
  const { connected, introduction, relay, gone, pong, turn, away } = frame
  if (connected) return { type: 'connected' }
  if (introduction) return introductionFrom(introduction)
  if (relay) return relayFrom(relay)
  if (gone) return fill(peersFrom(gone.peers), (peers) => ({ type: 'gone', peers }))
  if (turn) return turnFrom(turn)
  if (away) return { type: 'away', after: away.after }
  return pong ? { type: 'pong' } : undefined
}

// ---- the parts

interface Codec<Message> {
  decode(bytes: Uint8Array): Message
  encode(message: Message): Uint8Array
}

/** A frame has one encoding: what is longer carries unknown fields, repeats itself or says defaults aloud. */
function decode<Message, Frame>(
  codec: Codec<Message>,
  bytes: Uint8Array,
  read: (message: Message) => Frame | undefined,
): Frame | undefined {
  if (bytes.length > limits.payload) return undefined
  try {
    const message = codec.decode(bytes)
    const frame = read(message)
    return frame && codec.encode(message).length === bytes.length ? frame : undefined
  } catch {
    return undefined // protobuf.ts throws on bytes that make no sense
  }
}

function fill<Part, Frame>(part: Part | undefined, frame: (part: Part) => Frame): Frame | undefined {
  return part === undefined ? undefined : frame(part)
}

const peerProto = ({ id, incarnation }: Peer): proto.IPeer => ({ id, incarnation: fromHex(incarnation) })

function peerFrom(peer: proto.Peer | null | undefined): Peer | undefined {
  if (!peer?.id || peer.incarnation.length !== INCARNATION_BYTES) return undefined
  return { id: peer.id, incarnation: toHex(peer.incarnation) }
}

function peersProto(peers: readonly Peer[]): proto.IPeers {
  const incarnations = new Uint8Array(peers.length * INCARNATION_BYTES)
  peers.forEach((peer, i) => incarnations.set(fromHex(peer.incarnation), i * INCARNATION_BYTES))
  return { ids: peers.map(({ id }) => id), incarnations }
}

function peersFrom(peers: proto.Peers | null | undefined): readonly Peer[] | undefined {
  if (!peers) return undefined
  const { ids, incarnations } = peers
  if (ids.length > limits.members || incarnations.length !== ids.length * INCARNATION_BYTES) return undefined
  if (ids.includes(0)) return undefined
  return ids.map((id, i) => {
    const from = i * INCARNATION_BYTES
    return { id, incarnation: toHex(incarnations.subarray(from, from + INCARNATION_BYTES)) }
  })
}

const introductionProto = ({ peer, others, favored }: Introduction): proto.IIntroduction => ({
  peer: peerProto(peer),
  others: others.length > 0 ? peersProto(others) : undefined,
  favored,
})

function introductionFrom(introduction: proto.Introduction): ToPeer | undefined {
  const peer = peerFrom(introduction.peer)
  const others = introduction.others ? peersFrom(introduction.others) : []
  // Nobody is not said aloud.
  if (introduction.others && others?.length === 0) return undefined
  const { favored } = introduction
  if (favored.length > limits.members) return undefined
  return peer && others && { type: 'introduction', peer, others, favored }
}

const claimProto = ({ members, check }: Claim): proto.IClaim => ({ members: peersProto(members), check })

function claimFrom(claim: proto.Claim | null | undefined): Claim | undefined {
  return claim ? fill(peersFrom(claim.members), (members) => ({ members, check: claim.check })) : undefined
}

function relayFrom({ peer, payload }: proto.Relay): Relay | undefined {
  return fill(peerFrom(peer), (peer) => ({ type: 'relay', peer, payload }))
}

function turnFrom({ urls, username, credential }: proto.Turn): ToPeer | undefined {
  if (urls.length > limits.turnUrls) return undefined
  return { type: 'turn', urls, username, credential }
}
