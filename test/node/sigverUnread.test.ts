// What sockets of a Sigver leave unread is bounded for each network and for all, whoever else is slow.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { it } from 'node:test'
import { WebSocket } from 'ws'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { Sigver } from '../../src/index.sigver.js'
import { type Reader, Unread } from '../../src/sigver/unread.js'
import { identityOf, peerOf } from '../core/identity.js'

const TOPIC = 'a-topic_0123456789012345678901234567890abcd'

const PIECE = 60_000

class Slow implements Reader {
  unread = 0
  isCut = false
  readonly socket = { queued: 0 }
  constructor(readonly network: string) {}
}

class Room {
  readonly readers: Slow[] = []
  readonly unread = new Unread<Slow>((reader) => {
    assert.ok(!reader.isCut)
    reader.isCut = true
    reader.socket.queued = 0
    this.unread.forget(reader)
  })

  add(network: string): Slow {
    const reader = new Slow(network)
    this.readers.push(reader)
    return reader
  }

  send(reader: Slow, bytes = PIECE): void {
    if (reader.isCut) return
    reader.socket.queued += bytes
    this.unread.sent(reader)
  }

  /** What is really held. */
  held(network?: string): number {
    const ones = this.readers.filter((reader) => network === undefined || reader.network === network)
    return ones.reduce((sum, { socket }) => sum + socket.queued, 0)
  }

  get cut(): readonly Slow[] {
    return this.readers.filter(({ isCut }) => isCut)
  }
}

it('the sockets of one network hold so much together; those who hold most are cut, and nobody else', () => {
  const room = new Room()
  const other = room.add('b')
  room.send(other, limits.slowReader)
  const few = room.add('a')
  room.send(few)
  const crowd = Array.from({ length: 40 }, () => room.add('a'))
  let most = 0
  for (let round = 0; round < 16; round++)
    for (const reader of crowd) {
      room.send(reader)
      most = Math.max(most, room.held('a'))
    }
  assert.ok(most > limits.unreadByAddress / 2 && most <= limits.unreadByAddress + PIECE, `${most}`)
  assert.ok(room.cut.length >= 5 && room.cut.every((reader) => crowd.includes(reader)))
  assert.ok(!other.isCut && !few.isCut)
})

it('all hold so much together, however many networks there are; the network that holds most loses first', () => {
  const room = new Room()
  const poor = room.add('poor')
  room.send(poor, limits.slowReader)
  const rich = Array.from({ length: 30 }, (_, i) => Array.from({ length: 12 }, () => room.add(`rich ${i}`)))
  let most = 0
  for (let round = 0; round < 16; round++)
    for (const reader of rich.flat()) {
      room.send(reader)
      most = Math.max(most, room.held())
    }
  assert.ok(most > limits.unreadByAll / 2 && most <= limits.unreadByAll + PIECE, `${most}`)
  assert.ok(room.cut.length > 0 && !poor.isCut)
})

it('who has read meanwhile does not count', () => {
  const room = new Room()
  const crowd = Array.from({ length: 1_000 }, () => room.add('a'))
  for (let round = 0; round < 5; round++)
    for (const reader of crowd) {
      room.send(reader)
      reader.socket.queued = 0
    }
  assert.equal(room.cut.length, 0)
})

it('what is cut or closed counts no more', () => {
  const room = new Room()
  for (let i = 0; i < 200; i++) {
    const reader = room.add('a')
    room.send(reader, limits.slowReader)
    reader.socket.queued = 0
    room.unread.forget(reader)
  }
  const last = Array.from({ length: 15 }, () => room.add('a'))
  for (const reader of last) room.send(reader, limits.slowReader)
  assert.equal(room.cut.length, 0)
})

it('a Sigver lets go of what slow sockets of one address hold together, before one of them holds too much', async (t) => {
  const [READERS, WRITERS] = [24, 3]
  const server = createServer()
  const sockets = new Set<Duplex & { writableLength: number }>()
  server.on('connection', (socket) => sockets.add(socket))
  const codes: number[] = []
  const sigver = new Sigver({ server, observer: { refused: (code) => void codes.push(code) } })
  t.after(() => sigver.close().then(() => server.close()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const members = await Promise.all(
    Array.from({ length: READERS + WRITERS }, (_, i) => announced(`${sigver.url}/${TOPIC}`, i + 1)),
  )
  t.after(() => members.forEach((member) => member.terminate()))
  const writers = members.slice(READERS)
  for (const reader of members.slice(0, READERS)) reader.pause()
  const held = () =>
    [...sockets].reduce((sum, { destroyed, writableLength }) => sum + (destroyed ? 0 : writableLength), 0)
  let most = 0
  // Far more than the buffers of their TCP sockets take.
  for (let round = 0; round < 130 && codes.length === 0; round++) {
    for (let i = 0; i < READERS; i++) {
      const frame = encodeToServer({ type: 'relay', peer: peerOf(i + 1), payload: new Uint8Array(PIECE) })
      await new Promise<void>((resolve) => writers[i % WRITERS]?.send(frame, () => resolve()))
    }
    most = Math.max(most, held())
  }
  assert.ok(codes.length > 0 && codes.every((code) => code === closeCodes.slowReader), codes.join())
  assert.ok(most > limits.unreadByAddress / 2, `${most}`)
  assert.ok(most < limits.unreadByAddress + READERS * PIECE, `${most}`)
  // At once: not when they have read.
  assert.ok(held() <= limits.unreadByAddress, `${held()}`)
})

async function announced(url: string, id: number): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('error', () => {})
  await once(socket, 'open')
  const answer = once(socket, 'message')
  const claim = { members: [], check: true }
  const version = limits.PROTOCOL_VERSION
  socket.send(
    encodeToServer({ type: 'announce', version, ...identityOf(id), favored: false, claim, token: '' }),
  )
  await answer
  return socket
}
