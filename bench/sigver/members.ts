// Members of rooms, as the servers see them: they join, say things, and leave. Used by loads.ts.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Peer } from '../../src/core/signalingWire.js'
import { type Caller, type Dialect, newCaller } from './dialects.js'

/** So many addresses of this machine, in turn: no limit of one address is met, and no port is used twice within a minute. */
const ADDRESSES = 200

/** What a server has not done in this time it never does: the run ends instead of waiting for it. */
const PATIENCE = 30_000

async function heard(socket: WebSocket, event: 'open' | 'message' | 'close'): Promise<void> {
  const closed = (code: number) => waiting.abort(new Error(`closed with ${code} before "${event}"`))
  const waiting = new AbortController()
  const late = setTimeout(() => waiting.abort(new Error(`no "${event}" in ${PATIENCE / 1000} s`)), PATIENCE)
  if (event !== 'close') socket.once('close', closed)
  try {
    await once(socket, event, { signal: waiting.signal })
  } catch (error) {
    throw waiting.signal.aborted ? waiting.signal.reason : error
  } finally {
    clearTimeout(late)
    socket.off('close', closed)
  }
}

let last = 0

export class Member {
  onRelay: (frame: Uint8Array) => void = () => {}

  private constructor(
    readonly peer: Caller,
    private readonly dialect: Dialect,
    private readonly socket: WebSocket,
  ) {}

  /** Resolves when the server has answered its first frame. */
  static async join(
    url: string,
    dialect: Dialect,
    others: readonly Peer[],
    isIntroduced = false,
  ): Promise<Member> {
    const number = ++last
    const localAddress = `127.0.1.${1 + (number % ADDRESSES)}`
    const socket = new WebSocket(url, { localAddress, perMessageDeflate: false })
    const member = new Member(newCaller(number), dialect, socket)
    await heard(socket, 'open')
    const answer = heard(socket, 'message')
    socket.send(dialect.announce(member.peer, others, isIntroduced))
    await answer
    socket.on('message', (frame: Buffer) => member.hear(frame))
    return member
  }

  send(frame: Uint8Array): void {
    this.socket.send(frame)
  }

  /** Resolves when all of them have done the same. */
  async link(others: readonly Peer[]): Promise<void> {
    const frame = this.dialect.claim?.(others)
    if (!frame) return
    const answer = heard(this.socket, 'message')
    this.send(frame)
    await answer
  }

  beat(): void {
    if (this.dialect.beat) this.send(this.dialect.beat)
  }

  leave(): Promise<unknown> {
    const closed = heard(this.socket, 'close')
    this.socket.close()
    return closed
  }

  private hear(frame: Buffer): void {
    if (this.dialect.isRelay(frame)) this.onRelay(frame)
    else if (this.dialect.mustAnswer?.(frame)) this.socket.send(frame)
  }
}

/** What becomes of those who join: they say that they are linked with all before them, unless they want to be introduced. */
export interface Joining {
  readonly isIntroduced?: boolean
  /** In the end all say that they are linked with all. */
  readonly isLinked?: boolean
}

/** One after the other, at the instances in turn. */
export async function joinRoom(
  urls: readonly string[],
  dialect: Dialect,
  size: number,
  { isIntroduced = false, isLinked = false }: Joining = {},
): Promise<Member[]> {
  const topic = randomBytes(32).toString('base64url')
  const members: Member[] = []
  while (members.length < size) {
    const url = `${urls[members.length % urls.length] ?? ''}/${topic}`
    const others = members.map(({ peer }) => peer)
    members.push(await Member.join(url, dialect, others, isIntroduced))
  }
  const peers = members.map(({ peer }) => peer)
  const othersOf = ({ peer }: Member) => peers.filter((other) => other !== peer)
  if (isLinked) await Promise.all(members.map((member) => member.link(othersOf(member))))
  return members
}

/** So many rooms, some at a time. */
export async function joinRooms(
  urls: readonly string[],
  dialect: Dialect,
  count: number,
  size: number,
  joining: Joining = {},
): Promise<Member[][]> {
  const rooms: Member[][] = []
  let begun = 0
  const lane = async () => {
    while (begun++ < count) rooms.push(await joinRoom(urls, dialect, size, joining))
  }
  await Promise.all(Array.from({ length: 50 }, lane))
  return rooms
}

export const leaveAll = (rooms: readonly (readonly Member[])[]): Promise<unknown> =>
  Promise.all(rooms.flat().map((member) => member.leave()))
