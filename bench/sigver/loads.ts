// What is done to a server, and what it cost: each returns one figure of one run. Used by works.ts.
import { setTimeout as wait } from 'node:timers/promises'
import type { Dialect } from './dialects.js'
import { joinRoom, joinRooms, leaveAll, type Member } from './members.js'
import type { Cost } from './server.js'
import type { ServerProcess } from './servers.js'

export interface Served {
  readonly dialect: Dialect
  /** Several are instances of one server. */
  readonly processes: readonly ServerProcess[]
}

const ROOM = 5
/** An offer with its candidates is about as long. */
const PAYLOAD = new Uint8Array(500).fill(7)
/** Frames of one pair that are under way. */
const WINDOW = 8
const PAIRS = 100

const urlsOf = ({ processes }: Served) => processes.map(({ url }) => url)

async function cpuOf({ processes }: Served): Promise<number> {
  const costs = await Promise.all(processes.map((each) => each.ask('cost')))
  return costs.reduce((sum, { cpu }) => sum + cpu, 0)
}

/** Bytes for each member that is there, is linked with all of its room, and says nothing. */
export async function idleMemory(served: Served, count: number): Promise<Pick<Cost, 'heap' | 'resident'>> {
  const [server] = served.processes
  if (!server) throw new Error('no server')
  await leaveAll(await joinRooms(urlsOf(served), served.dialect, 40, ROOM, { isLinked: true }))
  const before = await server.ask('collect')
  const rooms = await joinRooms(urlsOf(served), served.dialect, count / ROOM, ROOM, { isLinked: true })
  const after = await server.ask('collect')
  await leaveAll(rooms)
  return { heap: (after.heap - before.heap) / count, resident: (after.resident - before.resident) / count }
}

/** Seconds of CPU for each: from the connection to the answer. */
export async function joinCost(served: Served, count: number): Promise<number> {
  const before = await cpuOf(served)
  const rooms = await joinRooms(urlsOf(served), served.dialect, count / ROOM, ROOM)
  const cpu = (await cpuOf(served)) - before
  await leaveAll(rooms)
  return cpu / count
}

/** The same for each frame that goes from one member of a pair to the other. */
export async function relayCost(served: Served, count: number): Promise<number> {
  const pairs = await joinRooms(urlsOf(served), served.dialect, PAIRS, 2, { isIntroduced: true })
  const before = await cpuOf(served)
  await Promise.all(pairs.map((pair) => bounce(pair, served.dialect, count / PAIRS)))
  const cpu = (await cpuOf(served)) - before
  await leaveAll(pairs)
  return cpu / count
}

function bounce([older, newer]: readonly Member[], dialect: Dialect, count: number): Promise<void> {
  if (!older || !newer) throw new Error('no pair')
  const there = dialect.relay(older.peer, PAYLOAD)
  let back: Uint8Array | undefined
  let [sent, received] = [0, 0]
  return new Promise((resolve) => {
    const heard = (member: Member, answer: (frame: Uint8Array) => Uint8Array) => (frame: Uint8Array) => {
      if (++received === count) resolve()
      if (sent++ < count) member.send(answer(frame))
    }
    older.onRelay = heard(older, (frame) => (back ??= dialect.reply(frame, newer.peer, PAYLOAD)))
    newer.onRelay = heard(newer, () => there)
    while (sent < WINDOW) {
      sent++
      newer.send(there)
    }
  })
}

export interface Churn {
  /** Bytes at the begin, in the middle, and at the end, after a collection. */
  readonly costs: readonly Cost[]
  /** Joins, and as many leaves, per second. */
  readonly rate: number
}

const TICK = 50
/** Milliseconds: as often as members ask whether Sigver is there. */
const BEAT = 15_000

/** Rooms come and go, while others are there all the time. */
export async function churn(served: Served, perSecond: number, seconds: number): Promise<Churn> {
  const [server] = served.processes
  if (!server) throw new Error('no server')
  const stay = await joinRooms(urlsOf(served), served.dialect, 20, ROOM)
  const beats = setInterval(() => stay.flat().forEach((member) => member.beat()), BEAT)
  await comeAndGo(served, perSecond, Math.min(5, seconds / 2))
  const costs = [await server.ask('collect')]
  let [joins, elapsed] = [0, 0]
  for (let half = 0; half < 2; half++) {
    const start = performance.now()
    joins += await comeAndGo(served, perSecond, seconds / 2)
    elapsed += performance.now() - start
    costs.push(await server.ask('collect'))
  }
  clearInterval(beats)
  await leaveAll(stay)
  return { costs, rate: joins / (elapsed / 1000) }
}

/** Keeps the pace also when a tick comes late. */
async function comeAndGo(served: Served, perSecond: number, seconds: number): Promise<number> {
  const urls = urlsOf(served)
  const start = performance.now()
  const all: Promise<unknown>[] = []
  let joins = 0
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (; joins < elapsed * perSecond; joins += ROOM) {
      all.push(joinRoom(urls, served.dialect, ROOM).then((room) => leaveAll([room])))
    }
    await wait(TICK)
  }
  await Promise.all(all)
  return joins
}
