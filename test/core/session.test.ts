// One direction of a session: numbered blocks, a window, acknowledgements, and sending again.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { Block } from '../../src/core/message.js'
import { SendStream, Session } from '../../src/core/session.js'

const NOTHING = new Uint8Array(0)
const block = (size = 10): Block => ({ bytes: new Uint8Array(size), tail: NOTHING, size, holders: 0 })

function sendAll(stream: SendStream, window = 1000): number[] {
  const numbers: number[] = []
  for (let next = stream.peek(window); next; next = stream.peek(window)) {
    numbers.push(stream.number)
    stream.advance(next)
  }
  return numbers
}

it('blocks are numbered from 1, and each is sent once', () => {
  const stream = new SendStream()
  stream.push(block())
  stream.push(block())
  assert.deepEqual(sendAll(stream), [1, 2])
  assert.deepEqual(sendAll(stream), [])
  stream.push(block())
  assert.deepEqual(sendAll(stream), [3])
})

it('the window holds back what is above it, but never everything', () => {
  const stream = new SendStream()
  for (let i = 0; i < 3; i++) stream.push(block(60))
  assert.deepEqual(sendAll(stream, 100), [1])
  assert.deepEqual(sendAll(stream, 120), [2])
  const large = new SendStream()
  large.push(block(5000))
  assert.deepEqual(sendAll(large, 100), [1])
})

it('an acknowledgement releases everything below it', () => {
  const stream = new SendStream()
  const blocks = [block(), block(), block()]
  for (const one of blocks) stream.push(one)
  sendAll(stream)
  assert.deepEqual(stream.acknowledge(3), blocks.slice(0, 2))
  assert.deepEqual(
    blocks.map((one) => one.holders),
    [0, 0, 1],
  )
  assert.equal(stream.queued, 10)
  assert.equal(stream.inFlight, 10)
  assert.deepEqual(stream.acknowledge(3), [])
  assert.deepEqual(stream.acknowledge(2), [])
})

it('an acknowledgement of what was never sent is ignored', () => {
  const stream = new SendStream()
  stream.push(block())
  assert.deepEqual(stream.acknowledge(2), [])
  sendAll(stream)
  assert.deepEqual(stream.acknowledge(3), [])
  assert.equal(stream.acknowledge(2).length, 1)
})

it('after a rewind everything unacknowledged is sent again, with its old numbers', () => {
  const stream = new SendStream()
  for (let i = 0; i < 4; i++) stream.push(block())
  sendAll(stream)
  stream.acknowledge(2)
  stream.rewind()
  assert.deepEqual(sendAll(stream), [2, 3, 4])
})

it('an acknowledgement that comes after a rewind counts, though it names what was not sent again', () => {
  const stream = new SendStream()
  for (let i = 0; i < 4; i++) stream.push(block())
  sendAll(stream)
  stream.rewind()
  assert.equal(stream.acknowledge(4).length, 3)
  assert.deepEqual(sendAll(stream), [4])
  assert.equal(stream.inFlight, 10)
})

it('whatever the order of pushes, sends, acknowledgements and rewinds, the receiver can have everything in order', () => {
  const action = fc.oneof(
    fc.record({ type: fc.constant('push' as const), size: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ type: fc.constant('send' as const) }),
    fc.record({ type: fc.constant('lose' as const) }),
    fc.record({ type: fc.constant('acknowledge' as const) }),
    fc.record({ type: fc.constant('rewind' as const) }),
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const stream = new SendStream()
      const pushed: Block[] = []
      const received: Block[] = []
      const send = (isLost: boolean) => {
        const next = stream.peek(300)
        if (!next) return
        if (!isLost && stream.number === received.length + 1) received.push(next)
        stream.advance(next)
      }
      for (const one of actions) {
        if (one.type === 'push') {
          pushed.push(block(one.size))
          stream.push(pushed[pushed.length - 1] ?? block())
        } else if (one.type === 'acknowledge') stream.acknowledge(received.length + 1)
        else if (one.type === 'rewind') stream.rewind()
        else send(one.type === 'lose')
        assert.ok(stream.inFlight >= 0 && stream.inFlight <= stream.queued)
      }
      for (let i = 0; i < pushed.length + 1; i++) {
        stream.acknowledge(received.length + 1)
        stream.rewind()
        send(false)
      }
      assert.deepEqual(received, pushed)
      stream.acknowledge(received.length + 1)
      assert.equal(stream.queued, 0)
      assert.equal(stream.inFlight, 0)
      assert.ok(pushed.every((one) => one.holders === 0))
    }),
    { numRuns: 300 },
  )
})

it('what is acknowledged is progress, though more is on its way', () => {
  const session = new Session({ id: 2, incarnation: '0000000000000002' }, 1, 0, 1000)
  session.out.ordered.push(block())
  session.out.ordered.push(block())
  sendAll(session.out.ordered)
  session.acknowledge(2, 1, 5)
  assert.equal(session.progressAt, 5)
  session.acknowledge(2, 1, 9)
  assert.equal(session.progressAt, 5)
})

it('what the other side has is let go of, though more is on its way', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const stream = new SendStream()
  const kept: WeakRef<Block>[] = []
  for (let count = 0; count < 10; count++) {
    const sent = block()
    stream.push(sent)
    kept.push(new WeakRef(sent))
  }
  sendAll(stream)
  stream.acknowledge(9)
  // A weak reference that was just made holds on until its task has ended.
  await setImmediate()
  collectGarbage()
  assert.equal(kept.filter((reference) => reference.deref()).length, 2)
})
