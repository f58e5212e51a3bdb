// Attacks with frames of WebSockets: in pieces, too large, too many, and of the kind that carries nothing.
import { endsOf, FLOOD, type Outcome, over } from './attacks.js'
import { announce, ping } from './frames.js'
import { BINARY, frameOf, PING, RawSocket, type Target } from './rawSocket.js'

const CONTINUATION = 0
const CHUNK = 64 * 1024

/** Sockets of somebody who came in and then writes this again and again, until it is cut off or the time is over. */
async function flood(
  target: Target,
  sockets: number,
  opening: Uint8Array,
  bytes: Uint8Array,
): Promise<{ ends: Record<number, number>; count: number; megabytes: number }> {
  const ends: Record<number, number> = {}
  let written = 0
  const count = await over(FLOOD, sockets, async (number) => {
    const socket = await RawSocket.open(target)
    socket.send(announce(number + 1))
    socket.write(opening)
    const end = performance.now() + 2 * FLOOD
    while (!socket.socket.destroyed && performance.now() < end) {
      if (socket.write(bytes)) await new Promise((resolve) => setImmediate(resolve))
      else await socket.drained()
      written += bytes.length
      // Its close frame has been read: nobody listens any more.
      if (socket.closeCode !== 1006) break
    }
    if (socket.closeCode === 1006 && !socket.socket.destroyed) socket.end()
    const code = await socket.closed
    ends[code] = (ends[code] ?? 0) + 1
  })
  return { ends, count, megabytes: Math.round(written / 1e6) }
}

const repeated = (frame: Uint8Array): Buffer =>
  Buffer.concat(Array<Uint8Array>(Math.ceil(CHUNK / frame.length)).fill(frame))

const nothing = new Uint8Array(0)

export async function fragments(target: Target): Promise<Outcome> {
  const first = frameOf(BINARY, Uint8Array.of(1), { fin: false })
  const small = await flood(
    target,
    3,
    first,
    repeated(frameOf(CONTINUATION, Uint8Array.of(1), { fin: false })),
  )
  const empty = await flood(target, 3, first, repeated(frameOf(CONTINUATION, nothing, { fin: false })))
  const ends: Record<number, number> = {}
  for (const part of [small, empty])
    for (const [code, count] of Object.entries(part.ends))
      ends[Number(code)] = (ends[Number(code)] ?? 0) + count
  const tried = `${small.count} messages of endless pieces of 1 byte, ${empty.count} of 0 bytes`
  return { tried, ends }
}

export async function hugeFrames(target: Target): Promise<Outcome> {
  const ends: Record<number, number> = {}
  const huge = [
    frameOf(BINARY, new Uint8Array(CHUNK + 1)),
    frameOf(BINARY, nothing, { claimed: 1n << 63n }),
    frameOf(BINARY, nothing, { claimed: (1n << 53n) - 1n }),
    Buffer.concat([
      frameOf(BINARY, new Uint8Array(CHUNK), { fin: false }),
      frameOf(CONTINUATION, Uint8Array.of(1)),
    ]),
  ]
  const count = await over(FLOOD, 4, async (number) => {
    const socket = await RawSocket.open(target)
    socket.write(huge[number % huge.length] ?? nothing)
    for (const [code, times] of Object.entries(await endsOf([socket])))
      ends[Number(code)] = (ends[Number(code)] ?? 0) + times
  })
  return { tried: `${count} frames of 64 KiB + 1, or that claim 2^53 - 1 or 2^63 bytes`, ends }
}

export async function tinyFrames(target: Target): Promise<Outcome> {
  const { ends, megabytes } = await flood(target, 20, nothing, repeated(frameOf(BINARY, ping)))
  const millions = ((megabytes * 1e6) / frameOf(BINARY, ping).length / 1e6).toFixed(1)
  return { tried: `${millions} million frames of ${ping.length} bytes on 20 sockets at a time`, ends }
}

export async function pings(target: Target): Promise<Outcome> {
  const { ends, count, megabytes } = await flood(
    target,
    20,
    nothing,
    repeated(frameOf(PING, new Uint8Array(125))),
  )
  return { tried: `${megabytes} MB of pings of 125 bytes on ${count} sockets`, ends }
}

/** The same of somebody who reads none of the answers. */
export async function unreadPings(target: Target): Promise<Outcome> {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => RawSocket.open(target)))
  const bytes = repeated(frameOf(PING, new Uint8Array(125)))
  let written = 0
  sockets.forEach((socket, i) => {
    socket.send(announce(i + 1))
    socket.socket.pause()
  })
  await over(FLOOD, sockets.length, async (number) => {
    const socket = sockets[number % sockets.length]
    if (socket?.write(bytes)) written += bytes.length
    await new Promise((resolve) => setTimeout(resolve, 1))
  })
  for (const socket of sockets) socket.socket.resume()
  const ends: Record<number, number> = {}
  for (const socket of sockets) {
    await Promise.race([socket.closed, new Promise((resolve) => setTimeout(resolve, 1_000))])
    if (!socket.socket.destroyed) socket.end()
    const code = await socket.closed
    ends[code] = (ends[code] ?? 0) + 1
  }
  return { tried: `${Math.round(written / 1e6)} MB of pings on 20 sockets that read no answer`, ends }
}
