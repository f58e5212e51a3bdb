// The listener shares a server with others and survives whatever bytes come.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { after, afterEach, beforeEach, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { WebSocket } from 'ws'
import * as limits from '../../src/core/limits.js'
import { Listener, type ListenerOptions, type OnSocket } from '../../src/io/listener.js'
import type { Transport } from '../../src/io/port.js'

let server: Server
const opened: Transport[] = []

beforeEach(async () => {
  server = createServer((_, response) => response.end('a page'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  for (const transport of opened.splice(0)) transport.close()
  server.closeAllConnections()
  server.close()
})

after(() => assert.equal(opened.length, 0))

const port = () => (server.address() as AddressInfo).port
const url = (path: string) => `ws://127.0.0.1:${port()}${path}`

function listen(
  path: string,
  onSocket: OnSocket = () => {},
  options: Partial<ListenerOptions> = {},
): Listener {
  const accepts = (asked: string) => (asked === path ? `room of ${path}` : undefined)
  return new Listener({ server, accepts, ...options }, (transport, given, ...rest) => {
    opened.push(transport)
    onSocket(transport, given, ...rest)
  })
}

/** What became of a dial: 'open', or the message of the error. */
function dial(path: string, headers = {}): Promise<string> {
  const socket = new WebSocket(url(path), { headers })
  return new Promise((resolve) => {
    socket.on('open', () => (socket.close(), resolve('open')))
    socket.on('error', (error) => resolve(error.message))
  })
}

/** Sends raw bytes on a TCP connection; resolves with all that came back when the other side ends it. */
function talk(bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port(), '127.0.0.1', () => socket.write(bytes))
  let answer = ''
  socket.on('data', (data) => (answer += data.toString('latin1')))
  socket.on('error', () => {})
  return new Promise((resolve) => socket.on('close', () => resolve(answer)))
}

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

test('an accepted socket comes with what accepts() returned and the address', async () => {
  const heard = new Promise<unknown[]>((resolve) =>
    listen('/a', (_, path, address, request) => resolve([path, address, request.url])),
  )
  assert.equal(await dial('/a?query'), 'open')
  assert.deepEqual(await heard, ['room of /a', '127.0.0.1', '/a?query'])
})

test('the address is what the nearest proxy says, where one is trusted', async () => {
  const heard: string[] = []
  listen('/trusting', (_, _path, address) => heard.push(address), { trustProxy: true })
  listen('/wary', (_, _path, address) => heard.push(address))
  const said = { 'x-forwarded-for': '203.0.113.1, ::ffff:198.51.100.7' }
  assert.equal(await dial('/trusting', said), 'open')
  assert.equal(await dial('/wary', said), 'open')
  assert.equal(await dial('/trusting', { 'x-forwarded-for': '198.51.100.7, not an address' }), 'open')
  assert.deepEqual(heard, ['198.51.100.7', '127.0.0.1', '127.0.0.1'])
})

test('a message in more pieces than may be closes its socket', async () => {
  const reasons = new Promise<number>((resolve) =>
    listen('/a', (transport) =>
      transport.listen({ message() {}, drained() {}, closed: (code) => resolve(code) }),
    ),
  )
  const socket = new WebSocket(url('/a'))
  await once(socket, 'open')
  for (let i = 0; i < 20; i++) socket.send('x', { fin: i === 19 })
  assert.equal(await reasons, 1002)
  socket.terminate()
})

test('pings are answered, and too many of them close their socket', async () => {
  listen('/a')
  const socket = new WebSocket(url('/a'))
  await once(socket, 'open')
  socket.ping('are you there?')
  const [answer] = await once(socket, 'pong')
  assert.equal(String(answer), 'are you there?')
  for (let i = 0; i < limits.frameBurst + limits.framesPerSecond; i++) socket.ping()
  const [code] = await once(socket, 'close')
  assert.equal(code, 1008)
})

test('a view that has to wait for a slow reader is copied: what it is a part of is free', async () => {
  const accepted = new Promise<Transport>((resolve) => listen('/a', resolve, { shares: true }))
  const socket = new WebSocket(url('/a'))
  const heard: number[] = []
  socket.on('message', (data: Buffer) => heard.push(data[0] ?? -1))
  const [transport] = await Promise.all([accepted, once(socket, 'open')])
  socket.pause()
  const whole = new Uint8Array(1024 * 1024).fill(1)
  for (; transport.queued === 0; await turn()) transport.send(whole)
  const batch = new Uint8Array(1000).fill(7)
  transport.send(batch.subarray(500))
  batch.fill(8)
  socket.resume()
  while (!heard.includes(7) && !heard.includes(8)) await once(socket, 'message')
  assert.equal(heard.at(-1), 7)
  socket.terminate()
})

test('whoever is sent away is not heard any more, and reads why', async () => {
  let heard = 0
  listen('/a', (transport) => {
    const flooded = () => transport.close(4429, 'enough')
    transport.listen({ message: () => heard++, closed() {}, drained() {}, flooded })
  })
  const socket = new WebSocket(url('/a'))
  await once(socket, 'open')
  for (let i = 0; i < limits.frameBurst + limits.framesPerSecond; i++) socket.ping()
  for (let i = 0; i < 10_000; i++) socket.send('x')
  const [code] = await once(socket, 'close')
  assert.equal(code, 4429)
  assert.equal(heard, 0)
})

test('a path that nobody takes is refused with 404', async () => {
  listen('/a')
  listen('/b')
  assert.equal(await dial('/c'), 'Unexpected server response: 404')
  assert.equal(await dial('/a'), 'open')
  assert.equal(await dial('/b'), 'open')
})

test('a path that is not ours is left to a foreign upgrade listener', async () => {
  listen('/a')
  server.on('upgrade', (request, socket) => {
    if (request.url === '/foreign') socket.end('HTTP/1.1 418 Foreign\r\nContent-Length: 0\r\n\r\n')
  })
  assert.equal(await dial('/foreign'), 'Unexpected server response: 418')
  assert.equal(await dial('/a'), 'open')
})

test('two listeners for one path: the first has it, and nothing breaks', async () => {
  let taken = 0
  listen('/a', () => taken++)
  listen('/a', () => taken++)
  assert.equal(await dial('/a'), 'open')
  assert.equal(taken, 1)
})

test('a closed listener accepts no more', async () => {
  const listener = listen('/a')
  listen('/b')
  listener.close()
  assert.equal(await dial('/a'), 'Unexpected server response: 404')
})

test('a message that comes with the upgrade is not lost', async () => {
  const message = new Promise<Uint8Array>((resolve) =>
    listen('/a', (transport) => {
      // Nobody listens yet: the lobby may take its time.
      setImmediate(() => transport.listen({ message: resolve, closed() {}, drained() {} }))
    }),
  )
  const masked = Buffer.from([0x82, 0x83, 0, 0, 0, 0, 1, 2, 3])
  void talk(Buffer.concat([Buffer.from(upgrade('/a')), masked]))
  assert.deepEqual([...(await message)], [1, 2, 3])
})

test('no bytes end the server: an unmasked frame, noise, half a request, a reset', async () => {
  const closed: string[] = []
  listen('/a', (transport) => {
    transport.listen({
      message() {},
      closed: (code, reason) => closed.push(`${code} ${reason}`),
      drained() {},
    })
  })
  const unmasked = Buffer.from([0x82, 0x03, 1, 2, 3])
  await talk(Buffer.concat([Buffer.from(upgrade('/a')), unmasked]))
  await talk(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) & 0xff)))
  await talk(upgrade('/a').replace('13', '99'))
  await talk(upgrade('/a').replace('dGhl', '!!!!'))
  const reset = connect(port(), '127.0.0.1', () =>
    reset.write(upgrade('/nobody'), () => reset.resetAndDestroy()),
  )
  await new Promise((resolve) => reset.on('close', resolve))
  assert.equal(await dial('/a'), 'open')
  assert.match(closed[0] ?? '', /^1002 .*MASK must be set/)
})

test('a text message closes with 1003, one above the limit with 1009', async () => {
  const codes: number[] = []
  listen('/a', (transport) =>
    transport.listen({ message() {}, closed: (code) => codes.push(code), drained() {} }),
  )
  const closeCode = (data: string | Uint8Array) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url('/a'))
      socket.on('open', () => socket.send(data))
      socket.on('close', resolve)
    })
  assert.equal(await closeCode('text'), 1003)
  assert.equal(await closeCode(new Uint8Array(limits.payload + 1)), 1009)
  assert.deepEqual(codes, [1003, 1009])
})

test('a peer that never answers a close is cut soon', async () => {
  const begin = performance.now()
  listen('/a', (transport) => transport.close(4000, 'go away'))
  assert.match(await talk(upgrade('/a')), /go away/)
  assert.ok(performance.now() - begin < 2 * limits.closing)
})

test('a socket that nobody takes over is closed before it fills the memory', async () => {
  listen('/a')
  const socket = new WebSocket(url('/a'))
  socket.on('open', () => {
    for (let i = 0; i < 20; i++) socket.send(new Uint8Array(limits.frame))
  })
  assert.equal(await new Promise((resolve) => socket.on('close', resolve)), 1008)
})
