// Real ports: strangers write upgrade requests and frames, whole, mutated or cut off, to a Sigver and to a bot. All of
// them are got rid of, and whoever comes then is served. A failure is run again with FUZZ_SEED=…
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import * as limits from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { Bot } from '../../src/Bot.js'
import { Sigver } from '../../src/Sigver.js'
import { mutate } from './mutate.js'
import { Random } from './random.js'
import { requestBytes, webSocketFrame } from './socketBytes.js'
import { inputOf, type Target } from './target.js'
import { peerFrames } from './targets/peerFrames.js'
import { framesToSigver } from './targets/signalingFrames.js'

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const STRANGERS = 600
const AT_ONCE = 30
/** The longest that a stranger who has hung up may be kept, in milliseconds. */
const PATIENCE = 10_000

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

/** What stranger number `index` writes. */
function bytesOf(index: number, path: string, frames: Target): Uint8Array {
  const random = new Random(seed, index)
  const request = requestBytes(
    random.once(8) ? path + random.pick(['x', '?x', '/', '%00', '#']) : path,
    random,
  )
  const parts: Uint8Array[] = [request]
  while (!random.once(4)) parts.push(webSocketFrame(inputOf(frames, seed, random.below(1e6)), random))
  const whole = Buffer.concat(parts)
  return random.once(2) ? whole : mutate(whole, random, () => whole)
}

/** Writes, hangs up, and resolves when the other side has let go; or with what went wrong. */
function visit(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const alarm = setTimeout(() => {
      resolve('it is not let go')
      socket.destroy()
    }, PATIENCE)
    socket.on('error', () => {}) // that it is cut off is right, too
    socket.on('close', () => {
      clearTimeout(alarm)
      resolve('')
    })
    socket.resume()
    socket.end(bytes)
  })
}

async function visitAll(t: TestContext, port: number, path: string, frames: Target): Promise<void> {
  const start = performance.now()
  for (let index = 0; index < STRANGERS; index += AT_ONCE) {
    const inputs = Array.from({ length: AT_ONCE }, (_, i) => bytesOf(index + i, path, frames))
    const troubles = await Promise.all(inputs.map((bytes) => visit(port, bytes)))
    troubles.forEach((trouble, i) => {
      const hex = Buffer.from(inputs[i] ?? []).toString('hex')
      assert.equal(trouble, '', `FUZZ_SEED=${seed}, stranger ${index + i}: ${trouble}: ${hex}`)
    })
  }
  const rate = Math.round((1_000 * STRANGERS) / (performance.now() - start))
  t.diagnostic(`${STRANGERS} strangers, ${rate} a second, FUZZ_SEED=${seed}`)
}

/** Says this, and resolves with what is answered first. */
function ask(url: string, question?: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.on('error', reject)
    socket.on('open', () => question && socket.send(question))
    socket.on('message', (data: Buffer) => {
      socket.terminate()
      resolve(data)
    })
  })
}

async function assertNobodyLeft(server: Server): Promise<void> {
  const end = performance.now() + PATIENCE
  const count = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
  while ((await count()) > 0) {
    assert.ok(performance.now() < end, `FUZZ_SEED=${seed}: ${await count()} sockets are left`)
    await sleep(5)
  }
}

test('whatever strangers write to the port of a Sigver, it gets rid of them and serves the next', async (t) => {
  const { server, port } = await listen()
  const sigver = new Sigver({ server })
  try {
    const path = `/${'a'.repeat(limits.topicLength)}`
    await visitAll(t, port, path, framesToSigver)
    await assertNobodyLeft(server)
    const pong = await ask(`ws://127.0.0.1:${port}${path}`, encodeToServer({ type: 'ping' }))
    assert.equal(Buffer.from(pong).toString('hex'), '2a00')
  } finally {
    await sigver.close()
    server.close()
  }
})

test('whatever strangers write to the port of a bot, it gets rid of them and challenges the next', async (t) => {
  const { server, port } = await listen()
  const bot = new Bot({ server, signalingServer: 'ws://127.0.0.1:9/', perMessageDeflate: true })
  try {
    await visitAll(t, port, '/', peerFrames)
    await assertNobodyLeft(server)
    const challenge = await ask(`ws://127.0.0.1:${port}/`)
    assert.ok(challenge.length > 16)
  } finally {
    await bot.close()
    server.close()
  }
})
