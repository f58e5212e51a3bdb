// Negotiations as they travel through Sigver or through other members: sealed, so that neither can read or alter them.
// Called by dialing.ts. XChaCha20-Poly1305 with a random 24-byte nonce in front; the two ids are authenticated with it.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import type { Incarnation, MemberId } from './contract.js'
import { peer as proto } from './generated/peer.js'
import * as limits from './limits.js'
import type { Side, Sides } from './negotiation.js'
import { fromHex, toHex } from './secrets.js'

export type NegotiationStep =
  | { readonly type: 'turn' }
  | { readonly type: 'offer'; readonly link: number; readonly sdp: string }
  | { readonly type: 'answer'; readonly link: number; readonly sdp: string; readonly offerHash: Uint8Array }
  | {
      readonly type: 'candidates'
      readonly link: number
      readonly dialer: MemberId
      readonly candidates: readonly string[]
    }
  /** The sender's end of that link failed. */
  | { readonly type: 'failed'; readonly link: number; readonly dialer: MemberId; readonly reason: string }

export interface NegotiationMessage {
  readonly incarnation: Incarnation
  readonly peerIncarnation: Incarnation
  /** Counts the negotiations of the initiator: an older one is void. */
  readonly attempt: number
  readonly fromInitiator: boolean
  readonly sides: Sides
  readonly step: NegotiationStep
}

const NONCE = 24

export function seal(
  secret: Uint8Array,
  nonce: Uint8Array,
  from: MemberId,
  to: MemberId,
  message: NegotiationMessage,
): Uint8Array {
  const plain = proto.Negotiation.encode(toProto(message))
  const sealed = xchacha20poly1305(secret, nonce, addresses(from, to)).encrypt(plain)
  const bytes = new Uint8Array(NONCE + sealed.length)
  bytes.set(nonce)
  bytes.set(sealed, NONCE)
  return bytes
}

/** Undefined if the seal is broken or the content makes no sense. Never throws. */
export function unseal(
  secret: Uint8Array,
  from: MemberId,
  to: MemberId,
  bytes: Uint8Array,
): NegotiationMessage | undefined {
  if (bytes.length <= NONCE) return undefined
  try {
    const cipher = xchacha20poly1305(secret, bytes.slice(0, NONCE), addresses(from, to))
    return fromProto(proto.Negotiation.decode(cipher.decrypt(bytes.subarray(NONCE))))
  } catch {
    return undefined // noble throws on a broken seal, protobuf.ts on a broken message
  }
}

function addresses(from: MemberId, to: MemberId): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, from)
  view.setUint32(4, to)
  return bytes
}

function toProto(message: NegotiationMessage): proto.INegotiation {
  const { step, sides } = message
  const fields: proto.INegotiation = {
    incarnation: fromHex(message.incarnation),
    peerIncarnation: fromHex(message.peerIncarnation),
    attempt: message.attempt,
    fromInitiator: message.fromInitiator,
    initiator: sides.initiator,
    responder: sides.responder,
  }
  switch (step.type) {
    case 'turn':
      return { ...fields, turn: {} }
    case 'offer':
      return { ...fields, offer: step }
    case 'answer':
      return { ...fields, answer: step }
    case 'candidates':
      return { ...fields, candidates: { ...step, candidates: [...step.candidates] } }
    case 'failed':
      return { ...fields, failed: step }
  }
}

function fromProto(message: proto.Negotiation): NegotiationMessage | undefined {
  const { incarnation, peerIncarnation, attempt, fromInitiator } = message
  const initiator = side(message.initiator)
  const responder = side(message.responder)
  const step = stepOf(message)
  if (!initiator || !responder || !step || incarnation.length !== 8 || peerIncarnation.length !== 8)
    return undefined
  return {
    incarnation: toHex(incarnation),
    peerIncarnation: toHex(peerIncarnation),
    attempt,
    fromInitiator,
    sides: { initiator, responder },
    step,
  }
}

function side(message: proto.ISide | null | undefined): Side | undefined {
  if (!message) return undefined
  const { known, url, rtc, triedWebSocket, triedRtc, reason } = message as proto.Side
  if (url.length > limits.url) return undefined
  return { known, url, rtc, triedWebSocket, triedRtc, reason: reason.slice(0, 200) }
}

function stepOf(message: proto.Negotiation): NegotiationStep | undefined {
  if (message.turn) return { type: 'turn' }
  if (message.offer) {
    const { link, sdp } = message.offer as proto.Offer
    return sdp.length <= limits.sdp ? { type: 'offer', link, sdp } : undefined
  }
  if (message.answer) {
    const { link, sdp, offerHash } = message.answer as proto.Answer
    return sdp.length <= limits.sdp ? { type: 'answer', link, sdp, offerHash: offerHash.slice() } : undefined
  }
  if (message.candidates) {
    const { link, dialer, candidates } = message.candidates as proto.Candidates
    const fits =
      candidates.length <= limits.candidates && candidates.every((one) => one.length <= limits.candidate)
    return fits ? { type: 'candidates', link, dialer, candidates } : undefined
  }
  if (message.failed) {
    const { link, dialer, reason } = message.failed as proto.Failed
    return { type: 'failed', link, dialer, reason: reason.slice(0, 200) }
  }
  return undefined
}
