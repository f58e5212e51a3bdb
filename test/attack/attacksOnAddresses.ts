// Attacks by many sockets of one address, each of which keeps what a socket has to keep.
import { setTimeout as sleep } from 'node:timers/promises'
import { peerOf } from '../core/identity.js'
import { endsOf, FLOOD, type Outcome } from './attacks.js'
import { announce, ping, relay } from './frames.js'
import { RawSocket, type Target } from './rawSocket.js'

/** As much as a socket may say at once, and then as much as it may say in that time, by each of so many. */
export async function manyTalkers(target: Target): Promise<Outcome> {
  const count = 250
  const sockets = await Promise.all(Array.from({ length: count }, () => RawSocket.open(target)))
  sockets.forEach((socket, i) => socket.send(announce(i + 1)))
  let said = 0
  const end = performance.now() + FLOOD
  while (performance.now() < end) {
    for (const socket of sockets) {
      for (let i = 0; i < 15 && socket.send(ping); i++) said++
      await socket.drained()
    }
    await sleep(5)
  }
  const gone = sockets.filter(({ socket }) => socket.destroyed || !socket.writable)
  const ends = await endsOf(gone)
  for (const socket of sockets) socket.end()
  return { tried: `${said} frames by ${count} sockets, each below its own limit`, ends }
}

const WRITERS = 8

/** Sockets that read nothing of what others relay to them, each below its own limit. */
export async function manySlowReaders(target: Target): Promise<Outcome> {
  const count = 48
  const sockets = await Promise.all(Array.from({ length: count + WRITERS }, () => RawSocket.open(target)))
  sockets.forEach((socket, i) => socket.send(announce(i + 1)))
  await Promise.all(sockets.map((socket) => socket.message()))
  const [writers, readers] = [sockets.slice(0, WRITERS), sockets.slice(WRITERS)]
  for (const { socket } of readers) socket.pause()
  let said = 0
  // What the network's queues hold comes first: some MB each.
  for (let round = 0; round < 130; round++) {
    for (let i = 0; i < count; i++)
      if (writers[i % WRITERS]?.send(relay(peerOf(WRITERS + i + 1), 60_000))) said++
    for (const writer of writers) await writer.drained()
    await sleep(10)
  }
  for (const writer of writers) writer.end()
  for (const { socket } of readers) socket.resume()
  // Who was cut off reads first what the network still holds for it.
  await Promise.race([Promise.all(readers.map(({ closed }) => closed)), sleep(2_000)])
  const ends = await endsOf(readers.filter(({ socket }) => socket.destroyed))
  for (const socket of readers) socket.end()
  return { tried: `${said} relays of 60 kB to ${count} sockets that do not read`, ends }
}
