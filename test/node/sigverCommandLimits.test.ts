// What the command's settings reach: each limit is the class's, and is kept for real sockets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { identityOf } from '../core/identity.js'
import { Command, Socket, TOPIC, within } from './sigverCommandStage.js'

const OTHER = TOPIC.toUpperCase()

/** A socket that has said who it is. */
async function announced(url: string, id: number, topic = TOPIC): Promise<Socket> {
  const socket = await Socket.open(url, {}, topic)
  const answered = new Promise((resolve) => socket.webSocket.once('message', resolve))
  const claim = { members: [], check: true }
  const frame = {
    type: 'announce',
    version: limits.PROTOCOL_VERSION,
    ...identityOf(id),
    favored: false,
    claim,
    token: '',
  } as const
  socket.webSocket.send(encodeToServer(frame))
  await within(Promise.race([answered, socket.closed]), 'an answer')
  return socket
}

const isOpen = ({ webSocket }: Socket) => webSocket.readyState === webSocket.OPEN

test('--max-connections-per-ip', async () => {
  const { url } = await Command.start(['--max-connections-per-ip', '2'])
  const kept = [await Socket.open(url), await Socket.open(url)]
  assert.equal(await within(new Socket(url).closed, 'its end'), closeCodes.addressFull)
  assert.ok(kept.every(isOpen))
})

test('--trust-proxy: addresses are those that the proxy saw, not what the client wrote', async () => {
  const { url } = await Command.start(['--max-connections-per-ip', '1', '--trust-proxy'])
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const kept = [await Socket.open(url, from('10.0.0.1')), await Socket.open(url, from('10.0.0.2'))]
  const liar = new Socket(url, from('10.0.0.3, 10.0.0.1'))
  assert.equal(await within(liar.closed, 'its end'), closeCodes.addressFull)
  assert.ok(kept.every(isOpen))
})

test('without --trust-proxy nobody is believed', async () => {
  const { url } = await Command.start(['--max-connections-per-ip', '1'])
  await Socket.open(url)
  const liar = new Socket(url, { headers: { 'x-forwarded-for': '10.0.0.1' } })
  assert.equal(await within(liar.closed, 'its end'), closeCodes.addressFull)
})

test('--max-rooms', async () => {
  const { url } = await Command.start(['--max-rooms', '1'])
  const first = await announced(url, 1)
  assert.equal(await within((await announced(url, 2, OTHER)).closed, 'its end'), closeCodes.full)
  assert.ok(isOpen(await announced(url, 3)))
  assert.ok(isOpen(first))
})

test('--max-peers-per-room', async () => {
  const { url } = await Command.start(['--max-peers-per-room', '2'])
  const kept = [await announced(url, 1), await announced(url, 2)]
  assert.equal(await within((await announced(url, 3)).closed, 'its end'), closeCodes.roomFull)
  kept.push(await announced(url, 4, OTHER))
  assert.ok(kept.every(isOpen))
})

test('--frames-per-second', async () => {
  const urls = await Promise.all(['1', '100000'].map((each) => Command.start(['--frames-per-second', each])))
  const [slow, fast] = await Promise.all(urls.map(({ url }) => announced(url, 1)))
  assert.ok(slow && fast)
  const ping = encodeToServer({ type: 'ping' })
  for (let i = 0; i < limits.frameBurst + 50; i++)
    for (const { webSocket } of [slow, fast]) webSocket.send(ping)
  assert.equal(await within(slow.closed, 'its end'), closeCodes.tooManyFrames)
  assert.ok(isOpen(fast))
})

test('--origin: only these pages, and whoever is no page', async () => {
  const { url } = await Command.start([
    '--origin',
    'https://a.example.org',
    '--origin',
    'http://localhost:8000',
  ])
  const codes = ['https://b.example.org', 'https://a.example.org.evil', 'http://a.example.org', 'null'].map(
    (origin) => new Socket(url, { origin }).closed,
  )
  assert.deepEqual(await within(Promise.all(codes), 'their ends'), Array(4).fill(closeCodes.badOrigin))
  const served = [{ origin: 'https://a.example.org' }, { origin: 'http://localhost:8000' }, {}]
  assert.ok((await Promise.all(served.map((options) => Socket.open(url, options)))).every(isOpen))
})

test('--path: topics are found below it only', async () => {
  const command = await Command.start(['--path', '/signaling/'])
  assert.match(command.url, /:\d+\/signaling$/)
  const root = command.url.replace('/signaling', '')
  assert.ok(isOpen(await announced(root + '/signaling', 1)))
  assert.equal(await within(new Socket(root).refused, 'a status'), 404)
})
