// Greeting and glare: who is let in, and which of two links between the same members stays. Two members, no sockets:
// what one sends is handed to the other.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ChannelId, Output } from '../../src/core/contract.js'
import type { Self } from '../../src/core/link.js'
import { type LinkFact, Links } from '../../src/core/links.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { encodeFrame } from '../../src/core/wire.js'

let seed = 0
const random = (count: number) => Uint8Array.from({ length: count }, () => ++seed % 251)

class Side {
  readonly me: Self
  readonly facts: LinkFact[] = []
  readonly outputs: Output[] = []
  readonly links: Links
  now = 0
  private channels = 0

  constructor(id: number, key = 'the key', url = '') {
    this.me = { id, incarnation: id.toString(16).padStart(16, '0'), secrets: deriveSecrets(key) }
    const now = () => this.now
    this.links = new Links(
      {
        get now() {
          return now()
        },
        random,
        out: (output) => this.outputs.push(output),
        newChannel: () => ++this.channels,
        me: this.me,
        capabilities: { webSocket: true, rtc: true },
        url,
      },
      (fact) => this.facts.push(fact),
    )
  }

  /** What was sent on this channel since the last time. */
  sent(channel: ChannelId): Uint8Array[] {
    const sent = this.outputs.flatMap((output) =>
      output.do === 'send' && output.channel === channel ? [output.bytes] : [],
    )
    this.outputs.splice(
      0,
      this.outputs.length,
      ...this.outputs.filter((output) => output.do !== 'send' || output.channel !== channel),
    )
    return sent
  }

  get closed(): readonly (number | undefined)[] {
    return this.outputs.flatMap((output) => (output.do === 'close' ? [output.code] : []))
  }

  get names(): readonly string[] {
    return this.facts.map((fact) => fact.fact)
  }
}

/** A data channel between two members; opens at both ends, nothing is delivered yet. */
function channel(a: Side, b: Side) {
  const near = a.links.offer(b.me)
  const far = b.links.answer(a.me, near.name, 'sdp')
  const deliver = () => {
    for (const bytes of a.sent(near.channel)) if (b.links.get(far.channel)) b.links.greeted(far, bytes)
    for (const bytes of b.sent(far.channel)) if (a.links.get(near.channel)) a.links.greeted(near, bytes)
  }
  const open = () => {
    a.links.opened(near)
    b.links.opened(far)
  }
  return { near, far, open, deliver }
}

const NONCE = new Uint8Array(16).fill(5)
const URL = 'ws://bot/'

/** A WebSocket from a to b, which listens; returns the channel at each end. */
function socket(a: Side, b: Side, nonce = NONCE) {
  const near = a.links.dialWebSocket(b.me, URL)
  a.links.opened(near)
  a.links.greeted(near, encodeFrame({ type: 'challenge', version: 1, nonce: NONCE }))
  const [hello] = a.sent(near.channel)
  assert.ok(hello)
  b.links.adopt(-1, nonce, hello)
  for (const bytes of b.sent(-1)) a.links.greeted(near, bytes)
  return near
}

describe('greeting', () => {
  it('two members who know the key are linked by a data channel', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { open, deliver } = channel(a, b)
    open()
    deliver()
    assert.deepEqual([a.names, b.names], [['proven'], ['proven']])
    assert.equal(a.links.to(2)?.state, 'proven')
  })

  it('two members who know the key are linked by a WebSocket', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', URL)]
    socket(a, b)
    assert.deepEqual([a.names, b.names], [['proven'], ['proven']])
  })

  it('a stranger with another key is refused on both transports', () => {
    const [a, b] = [new Side(1, 'wrong'), new Side(2, 'the key', URL)]
    const { open, deliver } = channel(a, b)
    open()
    deliver()
    assert.deepEqual([a.names, b.names], [['failed'], ['failed']])
    socket(a, b)
    assert.deepEqual(b.names, ['failed', 'failed'])
    assert.deepEqual(b.closed.at(-1), peerCloseCodes.refused)
  })

  it('a hello that answers another challenge is refused: it was recorded', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', URL)]
    socket(a, b, new Uint8Array(16).fill(6))
    assert.deepEqual(b.names, ['failed'])
  })

  it('a hello reflected to its sender is refused', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { near, open } = channel(a, b)
    open()
    const [hello] = a.sent(near.channel)
    assert.ok(hello)
    a.links.greeted(near, hello)
    assert.deepEqual(a.names, ['failed'])
  })

  it('a hello that was meant for another address is refused', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', 'ws://elsewhere/')]
    socket(a, b)
    assert.deepEqual(b.names, ['failed'])
  })

  it('a hello meant for another member is refused', () => {
    const [a, b, c] = [new Side(1), new Side(2), new Side(3)]
    const { near, open } = channel(a, b)
    open()
    const link = c.links.answer(a.me, near.name, 'sdp')
    c.links.opened(link)
    const [hello] = a.sent(near.channel)
    assert.ok(hello)
    c.links.greeted(link, hello)
    assert.deepEqual(c.names, ['failed'])
  })

  it('nothing but a hello is parsed before the proof', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { far, open } = channel(a, b)
    open()
    b.links.greeted(far, encodeFrame({ type: 'announcements', members: [] }))
    assert.deepEqual(b.names, ['failed'])
    assert.deepEqual(b.closed, [peerCloseCodes.garbage])
  })

  it('a member with an id that a linked member has is refused', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const first = channel(a, b)
    first.open()
    first.deliver()
    const twin = new Side(1)
    Object.assign(twin.me, { incarnation: 'ffffffffffffffff' })
    const second = channel(twin, b)
    second.open()
    second.deliver()
    assert.ok(b.closed.includes(peerCloseCodes.idTaken))
    assert.equal(b.links.to(1)?.peer?.incarnation, a.me.incarnation)
  })

  it('a member with my own id is refused', () => {
    const [a, b] = [new Side(1), new Side(1)]
    Object.assign(b.me, { incarnation: 'ffffffffffffffff' })
    const { open, deliver } = channel(a, b)
    open()
    deliver()
    assert.deepEqual([a.names, b.names], [['failed'], ['failed']])
    assert.deepEqual([a.closed, b.closed], [[peerCloseCodes.idTaken], [peerCloseCodes.idTaken]])
  })

  it('who does not prove anything in time is dropped', () => {
    const a = new Side(1)
    const link = a.links.offer(new Side(2).me)
    a.links.opened(link)
    a.now = link.deadline - 1
    a.links.expire()
    assert.deepEqual(a.names, [])
    a.now = link.deadline
    a.links.expire()
    assert.deepEqual(a.names, ['failed'])
    assert.ok(a.links.isEmpty)
  })
})

describe('glare', () => {
  /** Every order in which two simultaneous dials may be opened and answered. */
  const orders: readonly string[] = ['oOdD', 'oOdDdD', 'odOD', 'OoDd', 'ODod', 'OoDdDd', 'oODd']
  for (const order of orders)
    it(`of two links dialed at once the same one stays on both sides (${order})`, () => {
      const [a, b] = [new Side(1), new Side(2)]
      const one = channel(a, b)
      const two = channel(b, a)
      const steps: Record<string, () => void> = { o: one.open, d: one.deliver, O: two.open, D: two.deliver }
      for (const step of order) steps[step]?.()
      for (let i = 0; i < 3; i++) {
        one.deliver()
        two.deliver()
      }
      assert.deepEqual(a.links.to(2)?.name, b.links.to(1)?.name)
      assert.deepEqual(a.links.to(2)?.name, { dialer: 2, attempt: 1 })
    })

  it('a link that the other side has lost makes way for a new one, whatever its rank', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const old = channel(b, a) // outranks every link that a dials
    old.open()
    old.deliver()
    b.links.closed(old.near, 0, 'it broke at this end only')
    const fresh = channel(a, b)
    fresh.open()
    fresh.deliver()
    assert.deepEqual(a.links.to(2)?.name, fresh.near.name)
    assert.deepEqual(b.links.to(1)?.name, fresh.near.name)
  })
})
