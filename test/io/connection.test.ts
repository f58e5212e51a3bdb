// What every transport promises its owner, with a connection made of nothing; and WebSockets with odd sockets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Connection } from '../../src/io/connection.js'
import type { TransportEvents } from '../../src/io/port.js'
import { WebSocketTransport, type SocketLike } from '../../src/io/webSocket.js'

/** Tells what happens to it; `when.write` is what the network does meanwhile. */
class Bare extends Connection {
  size = 0
  readonly log: string[] = []
  during: () => void = () => {}

  constructor(private readonly every?: number) {
    super()
  }
  protected override get pollEvery(): number | undefined {
    return this.every
  }
  get queued(): number {
    return this.size
  }
  come(...numbers: number[]): void {
    this.received(Uint8Array.from(numbers))
  }
  give(data: unknown): void {
    this.received(data)
  }
  break(): void {
    this.end(1006, 'broken')
  }
  look(): void {
    this.checkQueue()
  }
  protected write(bytes: Uint8Array): void {
    this.log.push(`write ${bytes.length}`)
    this.during()
  }
  protected shut(code?: number, reason?: string): void {
    this.log.push(`shut ${code} ${reason}`)
  }
}

/** An owner that notes what it hears. */
function owner(log: string[], more: Partial<TransportEvents> = {}): TransportEvents {
  return {
    message: (bytes) => void log.push(`message ${bytes}`),
    closed: (code, reason) => void log.push(`closed ${code} ${reason}`),
    drained: (queued) => void log.push(`drained ${queued}`),
    ...more,
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const block = new Uint8Array(limits.channelLow)

test('what comes while the owner calls waits until the call is over, and what comes then waits behind it', async () => {
  const bare = new Bare()
  const heard: string[] = []
  bare.listen(owner(heard))
  bare.during = () => bare.come(1)
  bare.send(Uint8Array.of(0))
  assert.deepEqual(heard, [])
  bare.come(2)
  await turn()
  assert.deepEqual(heard, ['message 1', 'message 2'])
  bare.come(3)
  assert.deepEqual(heard.pop(), 'message 3')
})

test('an owner that closes while it is told of waiting messages hears no more', async () => {
  const bare = new Bare()
  const heard: string[] = []
  for (const number of [1, 2, 3]) bare.come(number)
  bare.listen(owner(heard, { message: (bytes) => (heard.push(`message ${bytes}`), bare.close()) }))
  await turn()
  bare.break()
  bare.come(4)
  await turn()
  assert.deepEqual(heard, ['message 1'])
})

test('a connection that breaks is let go of once, and the owner hears of it last', async () => {
  const bare = new Bare()
  const heard: string[] = []
  bare.come(1)
  bare.break()
  bare.break()
  bare.come(2)
  bare.listen(owner(heard))
  await turn()
  bare.close(1000, 'again')
  bare.send(Uint8Array.of(0))
  assert.deepEqual(heard, ['message 1', 'closed 1006 broken'])
  assert.deepEqual(bare.log, ['shut 1006 broken'])
})

test('a write that throws closes the connection', async () => {
  const bare = new Bare()
  const heard: string[] = []
  bare.listen(owner(heard))
  bare.during = () => {
    throw new Error('queue full')
  }
  bare.send(Uint8Array.of(0))
  assert.deepEqual(heard, [])
  await turn()
  assert.deepEqual(heard, ['closed 0 queue full'])
})

test('text, something else, and too much end the connection', async () => {
  for (const [data, code] of [
    ['text', 1003],
    [undefined, 1003],
    [{}, 1003],
    [new Uint8Array(limits.payload + 1), 1009],
  ] as const) {
    const bare = new Bare()
    const heard: string[] = []
    bare.listen(owner(heard))
    bare.give(data)
    assert.match(heard.join(), new RegExp(`^closed ${code} `))
  }
})

test('what nobody listens to is bounded, empty messages too', async () => {
  for (const size of [0, 1, limits.frame]) {
    const bare = new Bare()
    let count = 0
    while (bare.log.length === 0 && count < 100_000) bare.give(new Uint8Array((count++, size)))
    assert.ok(count * (size + 1) < 2 * limits.channelHigh, `${count} of ${size}`)
    assert.match(bare.log.join(), /^shut 1008/)
  }
})

test('an owner is told at once that a queue is short already', async () => {
  const bare = new Bare()
  const heard: string[] = []
  bare.listen(owner(heard))
  bare.size = 5
  bare.send(block.subarray(1))
  bare.look()
  await turn()
  assert.deepEqual(heard, [])
  bare.send(Uint8Array.of(1))
  await turn()
  assert.deepEqual(heard, ['drained 5'])
  bare.look()
  assert.equal(heard.length, 1)
})

test('a long queue is looked at until it is short, and not afterwards', async () => {
  const bare = new Bare(1)
  const heard: string[] = []
  const drained = new Promise((resolve) => bare.listen(owner(heard, { drained: resolve })))
  bare.size = limits.channelLow
  bare.send(block)
  await turn()
  bare.size = limits.channelLow - 1
  assert.equal(await drained, limits.channelLow - 1)
  bare.listen(owner(heard))
  await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(heard, [])
})

test('a queue that has grown again before the owner could be told is not called short', async () => {
  const bare = new Bare(1)
  const heard: string[] = []
  bare.listen(owner(heard))
  // The network has taken everything when the first blocks are sent, and nothing any more after that.
  for (let sent = 0; sent < 8; sent++) {
    bare.size = sent < 4 ? 0 : limits.channelLow
    bare.send(block)
  }
  await turn()
  assert.deepEqual(heard, [])
  bare.size = 7
  await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(heard, ['drained 7'])
})

/** A socket that throws like a browser's when it is closed with a code that pages may not use. */
function fakeSocket(isBrowser: boolean) {
  const listeners = new Map<string, (event: never) => void>()
  const calls: unknown[][] = []
  const sent: Uint8Array[] = []
  const socket: SocketLike & { tell: (type: string, event: object) => void; confirm?: () => void } = {
    binaryType: 'blob',
    bufferedAmount: 0,
    send(bytes, confirm) {
      sent.push(bytes)
      if (confirm) this.confirm = confirm
    },
    close(...values) {
      calls.push(values)
      if (isBrowser && values[0] !== undefined && values[0] < 3000) throw new Error('InvalidAccessError')
    },
    addEventListener: (type: string, listener: (event: never) => void) => void listeners.set(type, listener),
    tell: (type, event) => listeners.get(type)?.(event as never),
  }
  return { socket, calls, sent }
}

test('a socket that keeps what it is given gets a copy, another the bytes themselves', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  for (const copies of [true, false]) {
    const { socket, sent } = fakeSocket(false)
    new WebSocketTransport(socket, { copies }).send(bytes)
    assert.deepEqual([sent[0], sent[0] === bytes], [bytes, !copies])
  }
})

test('memory shared between threads is copied, as browsers refuse to send it', () => {
  const { socket, sent } = fakeSocket(true)
  new WebSocketTransport(socket).send(new Uint8Array(new SharedArrayBuffer(3)))
  assert.ok(sent[0]?.buffer instanceof ArrayBuffer)
})

test('a socket closes with a code that it accepts, and with a reason that fits', () => {
  const closed = (code: number | undefined, reason: string, isBrowser: boolean) => {
    const { socket, calls } = fakeSocket(isBrowser)
    new WebSocketTransport(socket).close(code, reason)
    return calls
  }
  assert.deepEqual(closed(4001, 'enough', true), [[4001, 'enough']])
  assert.deepEqual(closed(1003, 'text', false), [[1003, 'text']])
  assert.deepEqual(closed(1003, 'text', true), [[1003, 'text'], []])
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, NaN]) {
    assert.deepEqual(closed(code, 'x', false), [[undefined, 'x']])
  }
  const [[, reason] = []] = closed(1000, '\u{1f600}'.repeat(100), false)
  assert.equal(Buffer.byteLength(String(reason)) <= 123, true)
})

test('a socket that confirms what it sent needs no timer to tell of a short queue', async () => {
  const { socket } = fakeSocket(false)
  const heard: string[] = []
  const transport = new WebSocketTransport(socket)
  transport.listen(owner(heard))
  Object.assign(socket, { bufferedAmount: limits.channelLow })
  transport.send(block)
  await turn()
  assert.deepEqual(heard, [])
  Object.assign(socket, { bufferedAmount: 7 })
  socket.confirm?.()
  assert.deepEqual(heard, ['drained 7'])
})

test('what comes in tells of a short queue too: a hidden page has slow timers', () => {
  const { socket } = fakeSocket(true)
  const heard: string[] = []
  const transport = new WebSocketTransport(socket)
  transport.listen(owner(heard))
  Object.assign(socket, { bufferedAmount: limits.channelLow })
  transport.send(block)
  Object.assign(socket, { bufferedAmount: 0 })
  socket.tell('message', { data: Uint8Array.of(1).buffer })
  assert.deepEqual(heard, ['drained 0', 'message 1'])
})

test('the reason of a failed dial is the best there is', () => {
  const reason = (events: [string, object][]) => {
    const { socket } = fakeSocket(true)
    const heard: string[] = []
    new WebSocketTransport(socket).listen(owner(heard))
    for (const [type, event] of events) socket.tell(type, event)
    return heard.join()
  }
  const close = { code: 1006, reason: '' }
  assert.equal(
    reason([
      ['error', {}],
      ['close', close],
    ]),
    'closed 1006 cannot connect',
  )
  assert.equal(
    reason([
      ['error', new Error('ECONNREFUSED')],
      ['close', close],
    ]),
    'closed 1006 ECONNREFUSED',
  )
  assert.equal(
    reason([
      ['open', {}],
      ['close', close],
    ]),
    'closed 1006 the connection was lost',
  )
  assert.equal(
    reason([
      ['open', {}],
      ['close', { code: 1000, reason: 'bye' }],
    ]),
    'closed 1000 bye',
  )
})
