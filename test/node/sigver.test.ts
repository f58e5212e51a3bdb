// Sigver with real sockets: the class on a server of its own and on a given one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import { WebSocket } from 'ws'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { decodeToPeer, encodeToServer, type ToPeer, type ToServer } from '../../src/core/signalingWire.js'
import { NetfluxError, Sigver, type SigverOptions } from '../../src/index.sigver.js'
import { identityOf, peerOf } from '../core/identity.js'

const TOPIC = 'a-topic_0123456789012345678901234567890abcd'

const releases: (() => unknown)[] = []

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

async function start(options: SigverOptions = { host: '127.0.0.1' }): Promise<Sigver> {
  const sigver = new Sigver(options)
  releases.push(() => sigver.close())
  await sigver.listen()
  return sigver
}

async function startServer(): Promise<Server> {
  const server = createServer((_, response) => response.end('a page'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  releases.push(() => (server.close(), server.closeAllConnections()))
  return server
}

/** What a member's signaling does, without the member. */
class Client {
  readonly closed: Promise<number>
  readonly socket: WebSocket
  private readonly frames: ToPeer[] = []
  private wake = () => {}

  constructor(url: string, topic = TOPIC) {
    this.socket = new WebSocket(`${url}/${topic}`)
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
    this.socket.on('error', () => {})
    this.socket.on('message', (data: Buffer) => {
      const frame = decodeToPeer(data)
      assert.ok(frame)
      this.frames.push(frame)
      this.wake()
    })
    releases.push(() => this.socket.terminate())
  }

  static async open(url: string, id: number, members: readonly number[] = []): Promise<Client> {
    const client = new Client(url)
    await once(client.socket, 'open')
    const claim = { members: members.map(peerOf), check: true }
    client.say({
      type: 'announce',
      version: limits.PROTOCOL_VERSION,
      ...identityOf(id),
      favored: false,
      claim,
      token: '',
    })
    return client
  }

  say(frame: ToServer): void {
    this.socket.send(encodeToServer(frame))
  }

  async next(): Promise<ToPeer> {
    for (;;) {
      const frame = this.frames.shift()
      if (frame) return frame
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }
}

const isError = (code: string) => (error: unknown) => error instanceof NetfluxError && error.code === code

// ---- members

test('two members meet: the second is introduced, and what they say to each other passes', async () => {
  const { url } = await start()
  const first = await Client.open(url, 1)
  assert.deepEqual(await first.next(), { type: 'connected' })
  const second = await Client.open(url, 2)
  assert.deepEqual(await second.next(), { type: 'introduction', peer: peerOf(1), others: [], favored: [] })
  const payload = Buffer.alloc(20_000, 7)
  second.say({ type: 'relay', peer: peerOf(1), payload })
  assert.deepEqual(await first.next(), { type: 'relay', peer: peerOf(2), payload })
  first.say({ type: 'relay', peer: peerOf(2), payload })
  assert.deepEqual(await second.next(), { type: 'relay', peer: peerOf(1), payload })
  second.say({ type: 'claim', claim: { members: [peerOf(1)], check: true } })
  assert.deepEqual(await second.next(), { type: 'connected' })
  second.say({ type: 'ping' })
  assert.deepEqual(await second.next(), { type: 'pong' })
})

test('the others hear of a closed socket', async () => {
  const { url } = await start()
  const first = await Client.open(url, 1)
  await first.next()
  const second = await Client.open(url, 2, [1])
  await second.next()
  second.socket.terminate()
  assert.deepEqual(await first.next(), { type: 'gone', peers: [peerOf(2)] })
})

test('two members in different rooms never hear of each other', async () => {
  const { url } = await start()
  await (await Client.open(url, 1)).next()
  const other = new Client(url, TOPIC.toUpperCase())
  await once(other.socket, 'open')
  const claim = { members: [], check: true }
  other.say({
    type: 'announce',
    version: limits.PROTOCOL_VERSION,
    ...identityOf(1),
    favored: false,
    claim,
    token: '',
  })
  assert.deepEqual(await other.next(), { type: 'connected' })
})

test('garbage of any kind ends its own socket only, with a code', async () => {
  const { url } = await start()
  const witness = await Client.open(url, 1)
  await witness.next()
  const codeFor = async (data: string | Uint8Array) => {
    const client = new Client(url)
    await once(client.socket, 'open')
    client.socket.send(data)
    return client.closed
  }
  assert.equal(await codeFor(Uint8Array.of(1, 2, 3)), closeCodes.badFrame)
  assert.equal(await codeFor(new Uint8Array(0)), closeCodes.badFrame)
  assert.equal(await codeFor('text'), 1003)
  assert.equal(await codeFor(new Uint8Array(limits.payload + 1)), 1009)
  assert.equal(
    await codeFor(encodeToServer({ type: 'unreachable', peer: peerOf(1) })),
    closeCodes.notAnnounced,
  )
  witness.say({ type: 'ping' })
  assert.deepEqual(await witness.next(), { type: 'pong' })
})

test('a path that is not a topic is answered with its code', async () => {
  const { url } = await start()
  assert.equal(await new Client(url, 'nonsense').closed, closeCodes.badTopic)
  assert.equal(await new Client(url, '').closed, closeCodes.badTopic)
})

test('who reads too slowly is cut off, and the others are told', async () => {
  const { url } = await start()
  const sender = await Client.open(url, 1)
  await sender.next()
  const slow = await Client.open(url, 2, [1])
  await slow.next()
  slow.socket.pause()
  const payload = new Uint8Array(limits.frame)
  // Far more than the buffers of two TCP sockets take.
  for (let i = 0; i < 500; i++) sender.say({ type: 'relay', peer: peerOf(2), payload })
  assert.deepEqual(await sender.next(), { type: 'gone', peers: [peerOf(2)] })
})

// ---- servers

test('a server that was given keeps its pages and its other sockets', async () => {
  const server = await startServer()
  server.on('upgrade', (request, socket) => {
    if (request.url === '/signaling/other') socket.end('HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n')
  })
  const { url } = await start({ server, path: '/signaling/' })
  const { port } = server.address() as AddressInfo
  assert.equal(url, `ws://127.0.0.1:${port}/signaling`)
  const client = await Client.open(url, 1)
  assert.deepEqual(await client.next(), { type: 'connected' })
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/signaling`)).text(), 'a page')
  const other = new WebSocket(`${url}/other`)
  const [error] = (await once(other, 'error')) as [Error]
  assert.match(error.message, /418/)
})

test('a server that was given stays open after close()', async () => {
  const server = await startServer()
  const sigver = await start({ server })
  const client = await Client.open(sigver.url, 1)
  await client.next()
  await sigver.close()
  assert.equal(await client.closed, closeCodes.closing)
  assert.equal(await (await fetch(sigver.url.replace('ws', 'http'))).text(), 'a page')
})

test('listen() waits for a server that was given', async () => {
  const server = createServer()
  const sigver = new Sigver({ server })
  assert.equal(sigver.url, '')
  const listening = sigver.listen()
  server.listen(0, '127.0.0.1')
  releases.push(() => server.close())
  await listening
  assert.match(sigver.url, /^ws:\/\/127\.0\.0\.1:\d+$/)
})

test('the URL of an https server is wss', async () => {
  const server = createSecureServer().listen(0, '::1')
  releases.push(() => server.close())
  assert.match((await start({ server, path: '/a/b' })).url, /^wss:\/\/\[::1\]:\d+\/a\/b$/)
})

test('a web browser that opens the URL is told what it is', async () => {
  const { url } = await start()
  const response = await fetch(url.replace('ws', 'http'))
  assert.equal(response.status, 426)
  assert.match(await response.text(), /signaling server/)
})

test('close() sends everyone away and frees the port', async () => {
  const sigver = await start()
  const clients = await Promise.all([1, 2, 3].map((id) => Client.open(sigver.url, id)))
  for (const client of clients) await client.next()
  const port = Number(new URL(sigver.url).port)
  await sigver.close()
  const codes = await Promise.all(clients.map(({ closed }) => closed))
  assert.deepEqual(codes, Array(3).fill(closeCodes.closing))
  assert.equal(new URL((await start({ host: '127.0.0.1', port })).url).port, String(port))
})

test('close() is done soon though a member does not answer', async () => {
  const sigver = await start()
  const client = await Client.open(sigver.url, 1)
  await client.next()
  client.socket.pause()
  const begin = performance.now()
  await sigver.close()
  assert.ok(performance.now() - begin < 4 * limits.closing)
})

test('close() without listen() has nothing to do', async () => {
  await new Sigver().close()
})

test('a port that is taken is a clear error', async () => {
  const { port } = (await startServer()).address() as AddressInfo
  const taken = new Sigver({ host: '127.0.0.1', port })
  await assert.rejects(taken.listen(), isError('LISTEN_FAILED'))
  await assert.rejects(taken.listen(), new RegExp(`port ${port} of 127.0.0.1: it is taken`))
})

test('wrong options are thrown at the call', () => {
  const server = createServer()
  const wrong: unknown[] = [
    { server: {} },
    { server: 8000 },
    { server, port: 1 },
    { server, host: 'localhost' },
    { port: 65536 },
    { port: 1.5 },
    { port: '8000' },
    { host: '' },
    { path: 'no-slash' },
    { path: '/a?b' },
  ]
  for (const options of wrong)
    assert.throws(() => new Sigver(options as SigverOptions), isError('BAD_OPTION'), JSON.stringify(options))
})
