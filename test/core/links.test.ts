// Greeting and glare: who is let in, and which of two links between the same members stays.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOTHING } from '../../src/core/bytes.js'
import * as limits from '../../src/core/limits.js'
import { makeHello } from '../../src/core/link.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'
import { challenge, channel, NONCE, Side, socket, URL } from './linksStage.js'

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

  it('of a frame that is longer than any hello nothing is parsed', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { near, far, open } = channel(a, b)
    open()
    const [hello] = a.sent(near.channel)
    assert.ok(hello)
    b.links.greeted(far, Buffer.concat([hello, Buffer.alloc(limits.hello)]))
    assert.deepEqual([b.names, b.codes], [['failed'], [peerCloseCodes.garbage]])
  })

  it('a challenge of another protocol version is not answered', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', URL)]
    const near = a.links.dialWebSocket(b.me, URL)
    a.links.opened(near)
    a.links.greeted(near, encodeFrame({ type: 'challenge', version: 2, nonce: NONCE }))
    assert.deepEqual([a.sent(near.channel), a.codes], [[], [peerCloseCodes.garbage]])
  })

  it('a challenge is answered once', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', URL)]
    const near = a.links.dialWebSocket(b.me, URL)
    a.links.opened(near)
    a.links.greeted(near, challenge)
    a.links.greeted(near, challenge)
    assert.equal(a.sent(near.channel).length, 1)
    assert.deepEqual(a.codes, [peerCloseCodes.garbage])
  })

  it('a hello that comes before the challenge is not looked at: it answers nothing', () => {
    const [a, b] = [new Side(1), new Side(2, 'the key', URL)]
    const near = a.links.dialWebSocket(b.me, URL)
    a.links.opened(near)
    const far = { ...near, role: 'acceptor', peer: a.me } as const
    a.links.greeted(near, encodeFrame({ type: 'hello', hello: makeHello(b.me, far, NONCE, NOTHING, '') }))
    assert.deepEqual([a.names, a.codes], [['failed'], [peerCloseCodes.garbage]])
  })

  it('a bot that is invited by itself refuses, and keeps its id', () => {
    const bot = new Side(1, 'the key', URL)
    const near = bot.links.invite(URL, 'the key', 1)
    bot.links.opened(near)
    bot.links.greeted(near, challenge)
    const [hello] = bot.sent(near.channel)
    assert.ok(hello)
    bot.links.adopt(-1, NONCE, hello)
    assert.deepEqual(bot.codes, [peerCloseCodes.uninvited])
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
  it('a link that is silent at one end makes way for a new one at both, whatever its rank', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const old = channel(b, a) // outranks every link that a dials
    old.open()
    old.deliver()
    old.far.suspended = true
    const fresh = channel(a, b)
    fresh.open()
    fresh.deliver()
    assert.deepEqual(a.links.to(2)?.name, fresh.near.name)
    assert.deepEqual(b.links.to(1)?.name, fresh.near.name)
  })

  it('a hello lists the newest of many links, and no more than the other side reads', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const attempts = Array.from({ length: 12 }, () => {
      const { near } = channel(a, b)
      a.links.opened(near)
      return { near, hello: decodeFrame(a.sent(near.channel)[0] ?? NOTHING)?.frame }
    })
    const last = attempts.at(-1)?.hello
    assert.deepEqual(
      last?.type === 'hello' ? last.hello.held : last,
      attempts.slice(-9, -1).map(({ near }) => near.name),
    )
  })
})

describe('a goodbye', () => {
  it('leaves a link that leads to nobody any more, but still passes on what is under way', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { near, open, deliver } = channel(a, b)
    open()
    deliver()
    a.links.part(near)
    assert.deepEqual([...a.links.neighbors], [])
    assert.equal(a.links.get(near.channel), near)
    assert.deepEqual(a.closed, [])
  })

  it('is waited for so long, and then its link is closed, which is no loss', () => {
    const [a, b] = [new Side(1), new Side(2)]
    const { near, open, deliver } = channel(a, b)
    open()
    deliver()
    a.now = 10_000
    a.links.part(near)
    a.now += limits.farewell - 1
    a.links.expire()
    assert.deepEqual(a.closed, [])
    a.now += 1
    a.links.expire()
    assert.deepEqual([a.closed, a.names], [[peerCloseCodes.tooSlow], ['proven']])
    assert.ok(a.links.isEmpty)
  })
})
