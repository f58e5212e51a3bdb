// How the command ends: everyone is told to come back later, it says that it is not ready, and it is gone soon.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect, type Socket as Connection } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { closeCodes } from '../../src/core/closeCodes.js'
import { Command, release, Socket, within } from './sigverCommandStage.js'

/** A request whose answer is not read further than its status. */
function status(url: string, path = '/health'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, url.replace('ws', 'http')), (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** A connection that may be cut. */
function open(port: number): Connection {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  release(() => socket.destroy())
  return socket
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`at ${signal} everyone is told to come back, and the process ends well`, async () => {
    const command = await Command.start()
    const sockets = await Promise.all([1, 2, 3].map(() => Socket.open(command.url)))
    command.signal(signal)
    const codes = await within(Promise.all(sockets.map(({ closed }) => closed)), 'close frames')
    assert.deepEqual(codes, Array(3).fill(closeCodes.closing))
    assert.equal(await command.end(), 0)
    assert.equal(command.lines.length, 1, command.output)
  })

test('while somebody is slow to go it is not ready, and takes nobody', async () => {
  const command = await Command.start()
  const slow = await Socket.open(command.url)
  const polite = await Socket.open(command.url)
  assert.equal(await status(command.url), 200)
  slow.webSocket.pause()
  command.signal('SIGTERM')
  assert.equal(await within(polite.closed, 'a close frame'), closeCodes.closing)
  const [health, live, refused] = await Promise.all([
    status(command.url),
    status(command.url, '/health/live'),
    new Socket(command.url).refused,
  ])
  assert.deepEqual([health, live, refused], [503, 200, 503])
  const began = performance.now()
  assert.equal(await command.end(), 0)
  assert.ok(performance.now() - began < 10_000)
})

test('requests that never end do not keep it', async () => {
  const command = await Command.start()
  const half = open(command.port)
  await once(half, 'connect')
  half.write('POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf')
  const silent = open(command.port)
  await once(silent, 'connect')
  command.signal('SIGTERM')
  assert.equal(await within(command.ended, 'its end', 10_000), 0)
})

test('a connection that is kept for more requests does not keep it', async () => {
  const command = await Command.start()
  const idle = open(command.port)
  idle.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(idle, 'data')
  command.signal('SIGTERM')
  assert.equal(await within(command.ended, 'its end', 3_000), 0)
})

test('a second signal ends it at once', async () => {
  const command = await Command.start()
  const slow = await Socket.open(command.url)
  const polite = await Socket.open(command.url)
  slow.webSocket.pause()
  command.signal('SIGTERM')
  await polite.closed
  command.signal('SIGINT')
  assert.equal(await command.end(), 130)
})
