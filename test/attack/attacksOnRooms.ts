// Attacks on what Sigver knows of rooms: who is there, who claims what, who hears what.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Peer } from '../../src/core/signalingWire.js'
import { endsOf, FLOOD, type Outcome, over } from './attacks.js'
import { peerOf } from '../core/identity.js'
import { announce, claim, ping, relay } from './frames.js'
import { frameOf, BINARY, RawSocket, type Target, TOPIC } from './rawSocket.js'

const add = (ends: Record<number, number>, more: Readonly<Record<number, number>>): void => {
  for (const [code, count] of Object.entries(more)) ends[Number(code)] = (ends[Number(code)] ?? 0) + count
}

/** A claim of so many ids, which no encoder of ours would write, and whose frame is larger than any may be. */
export async function claims(target: Target): Promise<Outcome> {
  const crowd = (count: number): Peer[] => Array.from({ length: count }, (_, i) => peerOf(i + 1))
  const ends: Record<number, number> = {}
  const all = claim(crowd(100_000))
  const whole = claim(crowd(4_000))
  const pieces = Array.from({ length: 16 }, (_, i) => {
    const part = all.subarray((i * all.length) / 16, ((i + 1) * all.length) / 16)
    return frameOf(i === 0 ? BINARY : 0, part, { fin: i === 15 })
  })
  const count = await over(FLOOD, 4, async (number) => {
    const socket = await RawSocket.open(target)
    if (number % 2 > 0) socket.send(announce(number + 1, 0))
    if (number % 3 === 0) socket.send(all)
    else if (number % 3 === 1) socket.send(whole)
    else for (const piece of pieces) socket.write(piece)
    add(ends, await endsOf([socket]))
  })
  return { tried: `${count} claims of 100,000 ids, in one frame and in pieces, or of as many as fit`, ends }
}

/** Ever other claims of as many ids as may be, by a full room. */
export async function changingClaims(target: Target): Promise<Outcome> {
  const size = 250
  const everyone = Array.from({ length: size }, (_, i) => peerOf(i + 1))
  const sockets = await Promise.all(everyone.map(() => RawSocket.open(target)))
  sockets.forEach((socket, i) => socket.send(announce(i + 1, 0, everyone)))
  // All are let in, and answered.
  await Promise.all(sockets.map((socket) => socket.message()))
  const halves = [claim(everyone.slice(0, size / 2)), claim(everyone)]
  let said = 0
  const end = performance.now() + FLOOD
  for (let turn = 0; performance.now() < end; turn++) {
    for (const socket of sockets) if (socket.send(halves[turn % 2] ?? ping)) said++
    await sleep(5)
  }
  const gone = sockets.filter(({ socket }) => socket.destroyed || !socket.writable)
  const ends = await endsOf(gone)
  for (const socket of sockets) socket.end()
  return { tried: `${said} claims of up to ${size} ids by the ${size} peers of one room`, ends }
}

/** Frames that a member said, again and again, from other sockets. `more`: the member's topic and frames, in hex. */
export async function replay(target: Target, more: unknown): Promise<Outcome> {
  const { path, frames } = more as { path: string; frames: readonly string[] }
  const recorded = frames.map((frame) => Buffer.from(frame, 'hex'))
  const ends: Record<number, number> = {}
  const count = await over(2_000, 4, async () => {
    const socket = await RawSocket.open(target, { path })
    for (const frame of recorded) socket.send(frame)
    await Promise.race([socket.closed, sleep(250)])
    if (socket.socket.destroyed) add(ends, await endsOf([socket]))
    else socket.end()
  })
  return { tried: `the ${recorded.length} frames of a member, ${count} times from other sockets`, ends }
}

/** Sockets that read nothing of what others relay to them, until they are cut off. */
export async function slowReaders(target: Target): Promise<Outcome> {
  const pairs = 8
  const sockets = await Promise.all(Array.from({ length: 2 * pairs }, () => RawSocket.open(target)))
  sockets.forEach((socket, i) => socket.send(announce(i + 1)))
  await Promise.all(sockets.map((socket) => socket.message()))
  const [readers, writers] = [sockets.slice(0, pairs), sockets.slice(pairs)]
  for (const { socket } of readers) socket.pause()
  let said = 0
  // What the network's queues hold comes first: some MB each.
  const enough = 250
  for (let i = 0; i < enough; i++) {
    for (const [j, writer] of writers.entries()) {
      if (writer.socket.writableLength === 0 && writer.send(relay(peerOf(j + 1), 60_000))) said++
    }
    await sleep(5)
  }
  for (const socket of writers) socket.end()
  // A socket that was cut off says so only to who reads.
  for (const { socket } of readers) socket.resume()
  const ends = await endsOf(readers)
  return { tried: `${said} relays of 60 kB to ${pairs} sockets that do not read`, ends }
}

/** To peers that are not there, as fast as may be, and then faster. */
export async function relaysToNobody(target: Target): Promise<Outcome> {
  const ends: Record<number, number> = {}
  let said = 0
  await over(FLOOD, 8, async (number) => {
    const socket = await RawSocket.open(target)
    socket.send(announce(number + 1))
    for (let i = 0; i < 20_000 && !socket.socket.destroyed; i++) {
      socket.send(relay(peerOf(1_000_000 + i), 1_000))
      said++
      await socket.drained()
    }
    add(ends, await endsOf([socket]))
  })
  return { tried: `${said} relays to peers that are not there`, ends }
}

/** First answers of rooms that are there and of rooms that are not; the bytes of all, and how long they took. */
export async function enumeration(target: Target, more: unknown): Promise<Outcome> {
  const { existing } = more as { existing: string }
  const absent = '/' + TOPIC.split('').reverse().join('')
  const answers = async (path: string) => {
    const said: string[] = []
    const times: number[] = []
    // Each is the first thing that a stranger says.
    for (const bytes of [ping, Uint8Array.of(1, 2, 3), claim([]), relay(peerOf(1), 10)]) {
      const began = performance.now()
      const socket = await RawSocket.open(target, { path })
      socket.send(bytes)
      const answer = await socket.message()
      times.push(performance.now() - began)
      if (bytes === ping) socket.end()
      said.push(`${socket.head} ${answer?.toString('hex')} ${await socket.closed}`)
    }
    return { said: said.join('\n'), times }
  }
  const seen = { existing: new Set<string>(), absent: new Set<string>() }
  const took = { existing: [] as number[], absent: [] as number[] }
  const count = await over(FLOOD, 1, async () => {
    for (const [name, path] of [
      ['existing', existing],
      ['absent', absent],
    ] as const) {
      const { said, times } = await answers(path)
      seen[name].add(said)
      took[name].push(...times)
    }
  })
  const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0
  const first = (answers: ReadonlySet<string>) => [...answers].join('\n---\n')
  return {
    tried: `${count} times 4 first words to a room that is there, and to one that is not`,
    ends: {},
    more: {
      existing: first(seen.existing),
      absent: first(seen.absent),
      milliseconds: [median(took.existing), median(took.absent)],
    },
  }
}
