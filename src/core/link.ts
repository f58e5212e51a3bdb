// One link to one neighbour: dialing, greeting (both sides prove that they know the key), proven.
// Held by links.ts. Nothing beyond a bounded hello is parsed before the proof.
import { equalBytes } from '@noble/ciphers/utils.js'
import { NOTHING } from './bytes.js'
import type { ChannelId, Incarnation, MemberId, Milliseconds } from './contract.js'
import * as limits from './limits.js'
import { authenticate, type Secrets } from './secrets.js'
import { type Hello, helloTranscript, type LinkName } from './wire.js'

export interface PeerName {
  readonly id: MemberId
  readonly incarnation: Incarnation
}

export type LinkState =
  | 'dialing' // the transport is being opened
  | 'greeting' // open; the other side has not proven itself yet
  | 'proven'
  | 'parting' // its member said goodbye: only what others get through me still passes

export interface Link {
  readonly channel: ChannelId
  readonly kind: 'websocket' | 'datachannel'
  readonly role: 'dialer' | 'acceptor'
  readonly name: LinkName
  /** The URL that was dialed, '' on a data channel. */
  readonly url: string
  /** Whom I expect; undefined for a bot that I invite, until its hello. */
  peer: PeerName | undefined
  state: LinkState
  /** It has to be proven, or closed, by then. */
  deadline: Milliseconds
  /** I am inviting a bot: its number, else 0. */
  readonly invitation: number
  /** Links to the same member that I held when I said hello, and those that the other side did. */
  held: readonly LinkName[]
  theirHeld: readonly LinkName[]
  /** The two ends of a session that is not open yet, as the hellos of both sides name them; 0: it was not named. */
  tag: number
  theirTag: number
  /** Bytes handed to the channel that may still be in its queue. */
  queued: number
  /** Direct pings on this link: the first unanswered one. */
  pingSince: Milliseconds | undefined
  /** It answers no pings though its member may be well: routes avoid it. */
  suspended: boolean
  /** Sigver introduced its member to me, as if we were not linked. */
  isDoubted: boolean
  provenAt: Milliseconds
}

export function newLink(
  fields: Pick<Link, 'channel' | 'kind' | 'role' | 'name' | 'url' | 'peer' | 'deadline' | 'invitation'>,
): Link {
  return {
    ...fields,
    state: 'dialing',
    held: [],
    theirHeld: [],
    tag: 0,
    theirTag: 0,
    queued: 0,
    pingSince: undefined,
    suspended: false,
    isDoubted: false,
    provenAt: 0,
  }
}

/** Who I am in this group. */
export interface Self extends PeerName {
  readonly secrets: Secrets
}

/** My hello on this link. `theirNonce`: what it answers, empty on a data channel, where the sealed offer binds it. */
export function makeHello(
  me: Self,
  link: Link,
  nonce: Uint8Array,
  theirNonce: Uint8Array,
  key: string,
): Hello {
  const hello: Hello = {
    versionMin: limits.PROTOCOL_VERSION,
    versionMax: limits.PROTOCOL_VERSION,
    topic: me.secrets.topicBytes,
    id: me.id,
    incarnation: me.incarnation,
    peerId: link.peer?.id ?? 0,
    peerIncarnation: link.peer?.incarnation ?? '',
    nonce,
    proof: NOTHING,
    name: link.name,
    url: link.url,
    held: link.held,
    key,
    tag: link.tag,
  }
  return { ...hello, proof: prove(me.secrets, link.role, hello, theirNonce) }
}

/** Why this hello cannot be accepted, or undefined. `myNonce`: what it has to answer, empty on a data channel. */
export function whyRefused(me: Self, link: Link, hello: Hello, myNonce: Uint8Array): string | undefined {
  if (hello.versionMin > limits.PROTOCOL_VERSION || hello.versionMax < limits.PROTOCOL_VERSION)
    return 'another protocol version'
  if (!equalBytes(hello.topic, me.secrets.topicBytes)) return 'another group'
  const theirRole = link.role === 'dialer' ? 'acceptor' : 'dialer'
  if (!provesKey(me.secrets, theirRole, hello, myNonce)) return 'it does not know the key'
  const forMe = hello.peerId === me.id && hello.peerIncarnation === me.incarnation
  if (!forMe && !(hello.peerId === 0 && hello.key !== '')) return 'meant for another member'
  if (link.peer && (hello.id !== link.peer.id || hello.incarnation !== link.peer.incarnation))
    return 'not the member that was dialed'
  return undefined
}

/** The sender of this hello, in this role, knows the key. */
export function provesKey(secrets: Secrets, role: Link['role'], hello: Hello, nonce: Uint8Array): boolean {
  return equalBytes(hello.proof, prove(secrets, role, hello, nonce))
}

function prove(secrets: Secrets, role: Link['role'], hello: Hello, nonce: Uint8Array): Uint8Array {
  return authenticate(secrets.proof, [new TextEncoder().encode(role), nonce, helloTranscript(hello)])
}

/** Of two links between the same members, this one stays if both sides hold both: the decision is the same on both. */
export function outranks(a: LinkName, b: LinkName): boolean {
  return a.dialer !== b.dialer ? a.dialer > b.dialer : a.attempt > b.attempt
}

export function sameName(a: LinkName, b: LinkName): boolean {
  return a.dialer === b.dialer && a.attempt === b.attempt
}

/** When a dial over this kind of transport has to be proven. */
export function dialDeadline(kind: Link['kind'], now: Milliseconds): Milliseconds {
  return now + (kind === 'websocket' ? limits.webSocketDial : limits.rtcDial)
}
