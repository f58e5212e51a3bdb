// Several Sigvers that are one through a real Redis: who meets whom, and what is when Redis or one of them is gone.
import assert from 'node:assert/strict'
import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import { createClient } from '@redis/client'
import * as limits from '../../src/core/limits.js'
import { SignalingState, WebGroupState } from '../../src/index.node.js'
import { freePort } from '../freePort.js'
import { Running, until } from './processes.js'
import { meet, memberAt, Redis, SECRET, talk } from './redis.js'

const releases: (() => unknown)[] = []

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

test('members at three instances meet and talk, whoever owns their topic', async () => {
  const redis = await Redis.start()
  const sigvers = await redis.sigvers(3)
  for (const key of ['one', 'two', 'three', 'four']) {
    const groups = sigvers.map((sigver) => memberAt(sigver))
    await Promise.all(groups.map((group) => group.join(key)))
    await meet(groups)
    await talk(groups, key)
    for (const group of groups) group.leave()
  }
})

test('two first members at two instances never both stay alone', async () => {
  const redis = await Redis.start()
  const sigvers = await redis.sigvers(2)
  const pairs = Array.from({ length: 20 }, (_, i) => ({
    key: `pair ${i}`,
    groups: sigvers.map((sigver) => memberAt(sigver)),
  }))
  await Promise.all(pairs.map(({ key, groups }) => Promise.all(groups.map((group) => group.join(key)))))
  for (const { groups } of pairs) await meet(groups)
})

for (const [state, leave, comeBack] of [
  ['away', (redis: Redis) => redis.kill(), (redis: Redis) => redis.start()],
  ['stopped, with its sockets open', (redis: Redis) => redis.stop(), (redis: Redis) => redis.goOn()],
] as const)
  test(`while Redis is ${state}, members talk on and newcomers wait; then they come in`, async () => {
    const redis = await Redis.start()
    const sigvers = await redis.sigvers(2)
    const groups = sigvers.map((sigver) => memberAt(sigver))
    await Promise.all(groups.map((group) => group.join('a key')))
    await meet(groups)
    await leave(redis)
    await talk(groups, 'without Redis')
    const newcomers = sigvers.map((sigver) => memberAt(sigver))
    const joined = newcomers.map((group) => group.join('a key'))
    // The one at the owner is introduced there; the other one has to wait.
    await until(
      () => newcomers.some(({ state }) => state === WebGroupState.JOINED),
      () => 'one to join',
    )
    const waiting = newcomers.find(({ state }) => state !== WebGroupState.JOINED)
    assert.equal(waiting?.state, WebGroupState.JOINING)
    assert.equal(waiting.signalingState, SignalingState.CHECKING)
    // Longer than instances that hear nothing of each other take each other for alive: nobody may have heard anything.
    const end = performance.now() + 2 * limits.instanceSilence
    await until(
      () => performance.now() > end || waiting.state !== WebGroupState.JOINING,
      () => 'time to pass',
    )
    assert.equal(waiting.state, WebGroupState.JOINING)
    await comeBack(redis)
    await Promise.all(joined)
    const everyone = [...groups, ...newcomers]
    await meet(everyone)
    await talk(everyone, 'with Redis')
  })

test('an instance that never found Redis lets nobody in before it does', async () => {
  const redis = await Redis.start()
  await redis.kill()
  const [sigver] = await redis.sigvers(1)
  assert.ok(sigver)
  const group = memberAt(sigver)
  const joined = group.join('a key')
  await until(
    () => group.signalingState === SignalingState.CHECKING,
    () => 'it to ask',
  )
  assert.equal(group.state, WebGroupState.JOINING)
  await redis.start()
  await joined
  assert.equal(group.state, WebGroupState.JOINED)
})

test('an instance that ends does not complain that it cannot reach the others', async () => {
  const redis = await Redis.start()
  const told: boolean[] = []
  const sigver = await redis.sigver({ observer: { reachable: (isUp) => told.push(isUp) } })
  await until(
    () => told.length > 0,
    () => 'it to find Redis',
  )
  await sigver.close()
  assert.deepEqual(told, [true])
})

test('who does not know the secret of the instances is none of them', async () => {
  const redis = await Redis.start()
  const [sigver] = await redis.sigvers(1)
  const stranger = await redis.sigver({}, 'another secret of instances')
  assert.ok(sigver)
  const groups = [sigver, stranger].map((one) => memberAt(one))
  await Promise.all(groups.map((group) => group.join('a key')))
  // Both are in, each alone: neither instance believes the other one.
  for (const group of groups) assert.equal(group.members.length, 1)
  const other = memberAt(sigver)
  await other.join('a key')
  assert.equal(other.members.length, 2)
})

test('nothing that somebody writes to Redis does any harm', async () => {
  const redis = await Redis.start()
  const sigvers = await redis.sigvers(2)
  const client = createClient({ url: redis.url })
  await client.connect()
  releases.push(() => client.destroy())
  const listener = client.duplicate()
  for (const one of [client, listener]) one.on('error', () => {})
  await listener.connect()
  releases.push(() => listener.destroy())
  const recorded: { readonly channel: string; readonly message: Buffer }[] = []
  await listener.pSubscribe(
    'netflux:*',
    (message, channel) => recorded.push({ message, channel: String(channel) }),
    true,
  )
  const groups = sigvers.map((sigver) => memberAt(sigver))
  await Promise.all(groups.map((group) => group.join('a key')))
  await meet(groups)
  const flips = (message: Buffer, i: number) =>
    Buffer.from(message.map((byte, at) => (at === i % message.length ? byte ^ 1 : byte)))
  for (const [i, { channel, message }] of recorded.slice(0, 200).entries()) {
    await client.publish(channel, message) // again
    await client.publish(channel, flips(message, i))
    await client.publish(channel, message.subarray(0, i % 40))
  }
  const newcomers = sigvers.map((sigver) => memberAt(sigver))
  await Promise.all(newcomers.map((group) => group.join('a key')))
  await meet([...groups, ...newcomers])
})

/** What stands before the instances: each new connection goes to the next one that is there. */
async function balancer(ports: readonly number[]): Promise<string> {
  const sockets = new Set<Socket>()
  let turn = 0
  const forward = (socket: Socket, tries: number) => {
    if (tries === 0) return void socket.destroy()
    const upstream = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1')
    upstream.once('connect', () => {
      socket.pipe(upstream).pipe(socket)
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const)
        one.once('close', () => other.destroy())
    })
    upstream.on('error', () => {
      if (upstream.bytesRead === 0 && upstream.pending) forward(socket, tries - 1)
      else socket.destroy()
    })
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    forward(socket, ports.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  releases.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('when an instance is killed its clients come to another one, and no group is lost', async () => {
  const redis = await Redis.start()
  const ports = [await freePort(), await freePort()]
  const instances = ports.map((port) => {
    const flags = ['--host', '127.0.0.1', '--port', `${port}`, '--redis', redis.url]
    return new Running(process.execPath, ['--import', 'tsx', 'src/bin/sigver.ts', ...flags], {
      SIGVER_CLUSTER_SECRET: SECRET,
    })
  })
  await Promise.all(instances.map((instance) => instance.printed('Sigver listens at')))
  const site = { url: await balancer(ports) }
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  const all = keys.map((key) => ({ key, groups: Array.from({ length: 4 }, () => memberAt(site)) }))
  for (const { key, groups } of all) {
    await Promise.all(groups.map((group) => group.join(key)))
    await meet(groups)
  }
  const left: number[] = []
  for (const { groups } of all) for (const group of groups) group.onMemberLeave = (id) => left.push(id)
  await instances[0]?.kill()
  // A newcomer of each group finds it, though half of the topics have lost their owner.
  for (const { key, groups } of all) {
    const newcomer = memberAt(site)
    await newcomer.join(key)
    await meet([...groups, newcomer])
    await talk([...groups, newcomer], 'still here')
  }
  assert.deepEqual(left, [])
  await until(
    () =>
      all.every(({ groups }) =>
        groups.every(({ signalingState }) => signalingState === SignalingState.CHECKED),
      ),
    () => 'all to be back at a Sigver',
  )
})
