// Attacks with connections: slow ones, half ones, many, and of the wrong pages. Called by name, see attacks.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { begun, endsOf, FLOOD, type Outcome, over } from './attacks.js'
import { announce, ping } from './frames.js'
import { RawSocket, requestOf, type Target } from './rawSocket.js'

/** For comparison. */
export async function nothing(): Promise<Outcome> {
  await sleep(FLOOD)
  return { tried: 'nothing', ends: {} }
}

/** Upgrade requests byte by byte, and sockets that never send a frame. */
export async function slowloris(target: Target): Promise<Outcome> {
  const request = requestOf()
  const slow = await begun(500, () => new RawSocket(target))
  let written = 0
  const drip = setInterval(() => {
    for (const socket of slow) socket.write(request.subarray(written, written + 1))
    written++
  }, 250)
  const silent = await Promise.all(await begun(400, () => RawSocket.open(target)))
  const ends = await endsOf([...slow, ...silent])
  clearInterval(drip)
  return { tried: '500 upgrade requests byte by byte, 400 sockets without a first frame', ends }
}

/** Connections that begin an upgrade request and stop. */
export async function halfOpen(target: Target): Promise<Outcome> {
  const beginning = requestOf().subarray(0, 120)
  const sockets = await begun(10_000, () => {
    const socket = new RawSocket(target)
    socket.write(beginning)
    return socket
  })
  return { tried: '10,000 upgrade requests that are never finished', ends: await endsOf(sockets) }
}

/** More sockets of one address than may be. */
export async function crowd(target: Target): Promise<Outcome> {
  const sockets: RawSocket[] = []
  for (let i = 0; i < 24; i++)
    sockets.push(...(await Promise.all(await begun(50, () => RawSocket.open(target)))))
  for (const socket of sockets) socket.send(ping)
  // Each is answered, or has been closed.
  while (sockets.some(({ socket, messages }) => messages.length === 0 && !socket.destroyed)) await sleep(5)
  const inside = sockets.filter(({ socket }) => !socket.destroyed)
  for (const socket of inside) socket.end()
  const ends = await endsOf(sockets.filter((socket) => !inside.includes(socket)))
  return { tried: '1,200 sockets of one address', ends, more: inside.length }
}

/** Of pages that are not served, and of one that is. */
export async function origins(target: Target, pages: unknown): Promise<Outcome> {
  const wrong = Array.isArray(pages) ? pages.map(String) : []
  const open = (origin: string) => RawSocket.open(target, { origin })
  const ends: Record<number, number> = {}
  const count = await over(FLOOD, 4, async () => {
    for (const socket of await Promise.all(wrong.map(open))) {
      const [code] = Object.keys(await endsOf([socket]))
      ends[Number(code)] = (ends[Number(code)] ?? 0) + 1
    }
  })
  return { tried: `${wrong.length} wrong origins, ${count} times each`, ends }
}

/** Somebody who comes and goes as fast as Sigver lets it: on an idle machine at least 1,000 times a second. */
export async function joinAndLeave(target: Target, count: unknown): Promise<Outcome> {
  const [times, lives] = [Number(count), 64]
  const began = performance.now()
  let next = 0
  const live = async () => {
    while (next < times) {
      const life = ++next
      const socket = await RawSocket.open(target)
      socket.send(announce(1 + (life % lives), life))
      socket.socket.end()
    }
  }
  await Promise.all(Array.from({ length: lives }, live))
  const rate = Math.round((1_000 * times) / (performance.now() - began))
  return { tried: `${times} joins and leaves, ${rate} a second`, ends: {} }
}
