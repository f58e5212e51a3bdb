// How a member talks to each of the servers. Used by members.ts.
import { randomBytes } from 'node:crypto'
import { PROTOCOL_VERSION } from '../../src/core/limits.js'
import { encodeToServer, type Identity, type Peer, peerOf } from '../../src/core/signalingWire.js'

/** With what it is announced by. */
export type Caller = Identity & Peer

export interface Dialect {
  /** The first frame. `others` came before, and are linked with `caller` unless it wants to be introduced to one. */
  announce(caller: Caller, others: readonly Peer[], isIntroduced: boolean): Uint8Array
  /** What is said when one has been linked with these. Answered when they have said so, too. */
  claim?(others: readonly Peer[]): Uint8Array
  relay(to: Peer, payload: Uint8Array): Uint8Array
  /** To the peer `to`, who sent `received`. */
  reply(received: Uint8Array, to: Peer, payload: Uint8Array): Uint8Array
  isRelay(frame: Uint8Array): boolean
  /** What those say now and then who have nothing else to say, or the server hangs up. */
  readonly beat?: Uint8Array
  /** What has to be said when `frame` comes, or the server hangs up. */
  mustAnswer?(frame: Uint8Array): boolean
}

export function newCaller(id: number): Caller {
  const identity = { id, preimage: randomBytes(16).toString('hex') }
  return { ...identity, ...peerOf(identity) }
}

const relayOurs = (peer: Peer, payload: Uint8Array) => encodeToServer({ type: 'relay', peer, payload })

export const ours: Dialect = {
  announce: ({ id, preimage }, members) =>
    encodeToServer({
      type: 'announce',
      version: PROTOCOL_VERSION,
      id,
      preimage,
      favored: false,
      claim: { members, check: false },
      token: '',
    }),
  claim: (members) => encodeToServer({ type: 'claim', claim: { members, check: true } }),
  beat: encodeToServer({ type: 'ping' }),
  relay: relayOurs,
  reply: (_, to, payload) => relayOurs(to, payload),
  isRelay: ([tag]) => tag === 0x1a,
}

export const bare: Dialect = {
  announce: () => Uint8Array.of(0),
  relay: (_, payload) => payload,
  reply: (_, __, payload) => payload,
  isRelay: ({ length }) => length > 1,
}

// ---- sigver 20: Message { heartbeat = 1, content = 2 { sender = 1, recipient = 2, data = 4 }, connect = 3 { id = 1, members = 2 } }

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

const delimited = (tag: number, bytes: Iterable<number>): number[] => {
  const all = [...bytes]
  return [tag, ...varint(all.length), ...all]
}

const content = (recipient: readonly number[], payload: Uint8Array): Uint8Array =>
  Uint8Array.from(delimited(0x12, [0x10, ...recipient, ...delimited(0x22, payload)]))

/** `content.sender`, still as a varint: it comes first unless it is 0. */
function senderOf(frame: Uint8Array): number[] {
  let at = 1
  while ((frame[at] ?? 0) > 127) at++
  const start = at + 2
  let end = start
  while ((frame[end] ?? 0) > 127) end++
  return [...frame.subarray(start, end + 1)]
}

/** The one who came last is bound to the one who was there: it says 0, and hears the name it has for the other one. */
export const sigver20: Dialect = {
  announce: ({ id }, others, isIntroduced) => {
    const members = isIntroduced ? [] : others.flatMap((other) => varint(other.id))
    return Uint8Array.from(delimited(0x1a, [0x08, ...varint(id), ...delimited(0x12, members)]))
  },
  relay: (_, payload) => content([0], payload),
  reply: (received, _, payload) => content(senderOf(received), payload),
  isRelay: ([tag]) => tag === 0x12,
  mustAnswer: ([tag]) => tag === 0x08,
}
