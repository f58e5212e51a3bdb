// Processes that lie. A Sigver that drops, repeats, swaps, changes and invents frames; a member that sends garbage beside
// its own frames; a stranger that knows a room but not its key. They lie about as much as a seed says, never on their own.
import { decodeToPeer, encodeToPeer, type Peer } from '../../src/core/signalingWire.js'
import type { ChannelId } from '../../src/core/contract.js'
import { deriveSecrets, toHex } from '../../src/core/secrets.js'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'
import type { Random } from './clock.js'
import { Member } from './member.js'
import type { Host } from './network.js'
import type { World } from './world.js'

const MEMORY = 50

/** What a lying Sigver sends in place of a frame. It remembers some, to send them again or to somebody else. */
export function lyingSigver(
  random: Random,
): (channel: ChannelId, bytes: Uint8Array) => readonly Uint8Array[] {
  const past: Uint8Array[] = []
  const peers: Peer[] = []
  return (_, bytes) => {
    const frame = decodeToPeer(bytes)
    if (frame && 'peer' in frame) peers.push(frame.peer)
    past.push(bytes.slice())
    if (past.length > MEMORY) past.shift()
    const choice = random.next()
    if (choice < 0.5) return [bytes]
    if (choice < 0.6) return []
    if (choice < 0.7) return [bytes, random.pick(past)]
    if (choice < 0.8) return [random.pick(past)]
    if (choice < 0.85) return [bytes, changed(random, bytes)]
    return [bytes, encodeToPeer(invented(random, peers))]
  }
}

function invented(random: Random, peers: readonly Peer[]): Parameters<typeof encodeToPeer>[0] {
  const nobody = { id: random.between(1, 0xffffffff), incarnation: toHex(random.bytes(8)) }
  const peer = peers.length > 0 && random.chance(0.7) ? random.pick(peers) : nobody
  switch (random.between(0, 4)) {
    case 0:
      return { type: 'connected' }
    case 1:
      return {
        type: 'introduction',
        peer,
        others: random.chance(0.5) ? [nobody, ...peers.slice(0, 3)] : [],
        favored: random.chance(0.3) ? [peer.id] : [],
      }
    case 2:
      return {
        type: 'introduction',
        peer: { ...peer, incarnation: toHex(random.bytes(8)) },
        others: [],
        favored: [],
      }
    case 3:
      return { type: 'relay', peer, payload: random.bytes(random.between(0, 300)) }
    default:
      return { type: 'gone', peers: [peer] }
  }
}

/** Beside each frame of its own it may send garbage. What it passes on for others it leaves as it is. */
export function garbageBeside(
  random: Random,
): (channel: ChannelId, bytes: Uint8Array) => readonly Uint8Array[] {
  return (_, bytes) => {
    if (!random.chance(0.05) || isForwarded(bytes)) return [bytes]
    const garbage = random.chance(0.3) ? random.bytes(random.between(0, 200)) : changed(random, bytes)
    // What became the frame of another member would be that member's word.
    return isForwarded(garbage) ? [bytes] : [bytes, garbage]
  }
}

function isForwarded(bytes: Uint8Array): boolean {
  return (decodeFrame(bytes)?.from ?? 0) !== 0
}

function changed(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(0, random.chance(0.3) ? random.between(0, bytes.length) : bytes.length)
  for (let i = random.between(1, 4); i > 0 && copy.length > 0; i--)
    copy[random.between(0, copy.length - 1)] = random.between(0, 255)
  return copy
}

/** Runs the protocol as it should be, in the room of `key`, with another key. */
export function addStranger(world: World, name: Host, key: string): Member {
  const wrong = `not ${key}`
  const [right, own] = [deriveSecrets(key), deriveSecrets(wrong)]
  const stranger = new Member(world, name)
  stranger.isHostile = true
  stranger.port.redirect = (url) => url.replace(own.topic, right.topic)
  stranger.port.tamper = (_, bytes) => {
    const envelope = decodeFrame(bytes)
    if (envelope?.frame.type !== 'hello') return [bytes]
    const hello = { ...envelope.frame.hello, topic: right.topicBytes }
    return [encodeFrame({ type: 'hello', hello })]
  }
  stranger.join(wrong)
  return stranger
}
