// What is sent arrives: to whom, as what, in which order, and what the promises of send() say.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import vm from 'node:vm'
import type { Data } from '../../src/core/contract.js'
import type { WebGroup } from '../../src/index.node.js'
import { ofThisProcess } from '../../src/io/peerConnections.js'
import { isSettled, keepDiary, meet, onStage, soon, throwsCode, until } from './apiStage.js'

after(() => until(() => ofThisProcess.count === 0, 'the last peer connection to be released', 2_000))

/** All messages that come, and who sent them. */
function listenTo(group: WebGroup): { id: number; data: Data }[] {
  const heard: { id: number; data: Data }[] = []
  group.onMessage = (id, data) => heard.push({ id, data })
  return heard
}

const pair = (body: (a: WebGroup, b: WebGroup, heard: { id: number; data: Data }[]) => Promise<void>) =>
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    await body(a, b, listenTo(b))
  })

test(
  'send() reaches everyone else, sendTo() one, and nothing comes back to the sender',
  onStage(async (stage) => {
    const groups = await stage.members(3)
    const [a, b, c] = groups
    assert.ok(a && b && c)
    const heard = groups.map(listenTo)
    a.send('to all')
    a.sendTo(c.myId, 'to one')
    b.send('fence')
    c.send('fence')
    const all = { id: a.myId, data: 'to all' }
    await until(() => heard.reduce((sum, { length }) => sum + length, 0) >= 7, 'all messages')
    const from = (group: WebGroup) => ({ id: group.myId, data: 'fence' })
    assert.deepEqual(
      heard[0]?.sort((x, y) => x.id - y.id),
      [from(b), from(c)].sort((x, y) => x.id - y.id),
    )
    assert.deepEqual(
      heard[1]?.filter(({ id }) => id === a.myId),
      [all],
    )
    assert.deepEqual(
      heard[2]?.filter(({ id }) => id === a.myId),
      [all, { id: a.myId, data: 'to one' }],
    )
  }),
)

test(
  'a string arrives as the same string, whatever its characters and length',
  pair(async (a, _b, heard) => {
    const texts = [
      '',
      'x',
      'žluťoučký kůň 日本語 🎉👩‍👩‍👧 \u0000\u0001\r\n\u2028',
      '\ufeffa byte order mark comes first',
      '\ufeff',
      '\u{10ffff}\uffff',
      'é'.repeat(7_998),
      '€'.repeat(30_000),
      '🎉'.repeat(100_000),
      `\ufeff${'z'.repeat(200_000)}`,
    ]
    for (const text of texts) a.send(text)
    await until(() => heard.length >= texts.length, 'all texts')
    for (const [i, text] of texts.entries()) {
      assert.equal(typeof heard[i]?.data, 'string')
      assert.ok(heard[i]?.data === text, `text ${i}: ${String(heard[i]?.data).slice(0, 20)}`)
    }
  }),
)

test(
  'half a surrogate pair arrives as U+FFFD, as over a WebSocket',
  pair(async (a, _b, heard) => {
    a.send('a\ud800b')
    await until(() => heard.length === 1, 'the text')
    assert.equal(heard[0]?.data, 'a\ufffdb')
  }),
)

test(
  'bytes arrive as a Uint8Array, never a Buffer, in memory of their own',
  pair(async (a, _b, heard) => {
    const sizes = [0, 1, 2, 100, 15_994, 15_995, 15_996, 40_000, 48_000, 48_001, 200_000, 3_000_000]
    const bytes = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255)
    for (const size of sizes) a.send(bytes(size))
    await until(() => heard.length >= sizes.length, 'all bytes')
    for (const [i, size] of sizes.entries()) {
      const data = heard[i]?.data
      assert.ok(data instanceof Uint8Array)
      assert.equal(Object.getPrototypeOf(data), Uint8Array.prototype)
      assert.equal(data.buffer.byteLength, data.length, 'its own memory, and no more of it')
      assert.ok(Buffer.from(bytes(size)).equals(data), `${size} bytes`)
    }
  }),
)

test(
  'what several members get is not shared between them, nor with the sender',
  onStage(async (stage) => {
    const groups = await stage.members(3)
    const [a, b, c] = groups
    assert.ok(a && b && c)
    const heard = groups.map(listenTo)
    a.send(new Uint8Array([1, 2, 3]))
    await until(() => heard[1]?.length === 1 && heard[2]?.length === 1, 'the messages')
    const [one, other] = [heard[1]?.[0]?.data, heard[2]?.[0]?.data]
    assert.ok(one instanceof Uint8Array && other instanceof Uint8Array)
    one[0] = 9
    assert.deepEqual([...other], [1, 2, 3])
  }),
)

test(
  'views of larger memory, Buffers and the Uint8Array of another realm are sent as the bytes they show',
  pair(async (a, _b, heard) => {
    const memory = Uint8Array.from({ length: 20 }, (_, i) => i)
    a.send(memory.subarray(5, 8))
    a.send(Buffer.from(memory.buffer, 2, 3))
    a.send(vm.runInNewContext('Uint8Array.of(1, 2, 3)') as Uint8Array)
    a.send(new Uint8Array(new SharedArrayBuffer(3)).fill(7))
    await until(() => heard.length === 4, 'the messages')
    assert.deepEqual(
      heard.map(({ data }) => [...(data as Uint8Array)]),
      [
        [5, 6, 7],
        [2, 3, 4],
        [1, 2, 3],
        [7, 7, 7],
      ],
    )
  }),
)

test(
  'memory that is changed right after send() arrives as it was, small and large, array and Buffer',
  pair(async (a, _b, heard) => {
    const sent = [new Uint8Array(10), Buffer.alloc(10), new Uint8Array(3_000_000), Buffer.alloc(3_000_000)]
    for (const bytes of sent) {
      bytes.fill(1)
      a.send(bytes)
      bytes.fill(2)
    }
    await until(() => heard.length === sent.length, 'the messages')
    for (const { data } of heard)
      assert.ok(
        (data as Uint8Array).every((byte) => byte === 1),
        `${data.length} bytes`,
      )
  }),
)

test(
  '10,000 messages in one loop arrive, in order, while as many come from the other side',
  onStage(async (stage) => {
    const groups = await stage.members(2)
    const heard = groups.map(listenTo)
    for (let i = 0; i < 10_000; i++) for (const group of groups) void group.send(`${i}`)
    await until(() => heard.every(({ length }) => length === 10_000), 'all messages')
    for (const messages of heard) messages.forEach(({ data }, i) => assert.equal(data, `${i}`))
  }),
)

test(
  'small, large, broadcast and private messages of one sender keep their order',
  pair(async (a, b, heard) => {
    const sizes = Array.from({ length: 200 }, (_, i) => [10, 20_000, 100, 70_000, 3][i % 5] ?? 0)
    for (const [i, size] of sizes.entries()) {
      const text = String(i).padEnd(size + 4, '.')
      if (i % 3 === 0) a.sendTo(b.myId, text)
      else a.send(text)
    }
    await until(() => heard.length === sizes.length, 'all messages')
    heard.forEach(({ data }, i) => assert.equal(Number.parseInt(String(data), 10), i))
  }),
)

test(
  'with ordered: false everything arrives, once, and a small ordered message overtakes a bulk one',
  pair(async (a, _b, heard) => {
    const bulk = new Uint8Array(8_000_000)
    a.send(bulk, { ordered: false })
    a.send('quick')
    await until(() => heard.length === 2, 'both messages')
    assert.equal(heard[0]?.data, 'quick')
    assert.ok(Buffer.from(bulk).equals(heard[1]?.data as Uint8Array))
  }),
)

test(
  'sending while alone does nothing, and who comes later does not get it',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    assert.ok(await isSettled(a.send('to nobody')))
    const b = stage.group()
    const heard = listenTo(b)
    await soon(b.join('a key'), 'the join')
    await until(() => a.members.length === 2, 'the second member')
    a.send('fence')
    await until(() => heard.length > 0, 'the fence')
    assert.deepEqual(
      heard.map(({ data }) => data),
      ['fence'],
    )
  }),
)

test(
  'send() gives one and the same resolved promise while queues are short',
  pair(async (a, b) => {
    const first = a.send('one')
    assert.equal(a.send('two'), first)
    assert.equal(a.sendTo(b.myId, new Uint8Array(1_000)), first)
    assert.ok(await isSettled(first))
    assert.equal(await first, undefined)
  }),
)

test(
  'the promise of send() waits while queues are long, resolves when there is room, and then nothing waits',
  pair(async (a, b, heard) => {
    const promise = a.send(new Uint8Array(20_000_000))
    assert.equal(await isSettled(promise), false)
    assert.ok((a.link(b.myId)?.queued ?? 0) > 1_000_000)
    await soon(promise, 'room')
    assert.ok(await isSettled(a.send('more')))
    await until(() => heard.length === 2, 'both messages')
  }),
)

test(
  'leave() resolves the promises of send()',
  pair(async (a) => {
    const promises = [a.send(new Uint8Array(20_000_000)), a.send('behind it')]
    assert.deepEqual(await Promise.all(promises.map(isSettled)), [false, false])
    a.leave()
    assert.deepEqual(await Promise.all(promises.map(isSettled)), [true, true])
  }),
)

test(
  'when the only slow member leaves, the promise of send() resolves',
  pair(async (a, b) => {
    const promise = a.send(new Uint8Array(30_000_000))
    assert.equal(await isSettled(promise), false)
    b.leave()
    await soon(promise, 'room')
  }),
)

test(
  'what was sent right before leave() arrives before the leave',
  pair(async (a, b) => {
    const diary = keepDiary(b)
    const left = a.myId
    for (let i = 0; i < 100; i++) a.send(`${i}`)
    a.leave()
    await until(() => diary.includes(`leave ${left}`), 'the leave')
    const expected = Array.from({ length: 100 }, (_, i) => `message ${left} ${i}`)
    assert.deepEqual(
      diary.filter((line) => line.includes(`${left}`)),
      [...expected, `leave ${left}`],
    )
  }),
)

test(
  'sendTo() a member that has left resolves and does nothing',
  pair(async (a, b) => {
    const left = b.myId
    b.leave()
    await until(() => a.members.length === 1, 'the leave')
    const diary = keepDiary(a)
    assert.ok(await isSettled(a.sendTo(left, 'too late')))
    assert.ok(await isSettled(a.sendTo(left, new Uint8Array(3_000_000))))
    assert.deepEqual(diary, [])
  }),
)

test(
  'send() while JOINING goes to nobody yet and throws nothing',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const heard = listenTo(a)
    const b = stage.group()
    const joining = b.join('a key')
    assert.ok(await isSettled(b.send('too early')))
    await soon(joining, 'the join')
    await until(() => a.members.length === 2, 'the second member')
    b.send('fence')
    await until(() => heard.length > 0, 'the fence')
    assert.deepEqual(
      heard.map(({ data }) => data),
      ['fence'],
    )
  }),
)

test(
  'send() throws MESSAGE_TOO_LARGE above maxMessageSize, in bytes; what is exactly as large goes',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2, 'a key', { maxMessageSize: 1_000 })
    assert.ok(a && b)
    const heard = listenTo(b)
    throwsCode(() => a.send(new Uint8Array(1_001)), 'MESSAGE_TOO_LARGE')
    throwsCode(() => a.send('x'.repeat(1_001)), 'MESSAGE_TOO_LARGE')
    throwsCode(() => a.send('€'.repeat(334)), 'MESSAGE_TOO_LARGE')
    throwsCode(() => a.sendTo(b.myId, 'x'.repeat(1_001)), 'MESSAGE_TOO_LARGE')
    a.send(new Uint8Array(1_000))
    a.send('€'.repeat(333))
    await until(() => heard.length === 2, 'both messages')
  }),
)

test(
  'send() throws BACKLOG_FULL above maxBacklog, and goes again when there is room',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2, 'a key', { maxBacklog: 10_000_000 })
    assert.ok(a && b)
    const heard = listenTo(b)
    const promise = a.send(new Uint8Array(9_000_000))
    throwsCode(() => a.send(new Uint8Array(2_000_000)), 'BACKLOG_FULL')
    await soon(promise, 'room')
    await until(() => heard.length === 1, 'the first message')
    await until(() => a.link(b.myId)?.queued === 0, 'the last acknowledgement')
    a.send(new Uint8Array(9_000_000))
    await until(() => heard.length === 2, 'the second message')
  }),
)

test(
  'a member that sends more than my maxMessageSize is cut off and told about, with others it goes on',
  onStage(async (stage) => {
    const a = stage.group()
    const b = stage.group({ maxMessageSize: 1_000 })
    const c = stage.group()
    for (const group of [a, b, c]) await soon(group.join('a key'), 'a join')
    for (const size of [1_001, 20_000, 100_000]) {
      await meet([a, b, c])
      const diary = keepDiary(b)
      const heard = listenTo(c)
      a.send(new Uint8Array(size))
      await until(() => diary.includes('error PEER_GARBAGE'), `the error about ${size} bytes`)
      assert.ok(diary.includes(`leave ${a.myId}`))
      assert.ok(!diary.some((line) => line.startsWith('message')))
      assert.ok(!diary.includes(`leave ${c.myId}`))
      await until(() => heard.length === 1, 'the message at another member')
    }
  }),
)
