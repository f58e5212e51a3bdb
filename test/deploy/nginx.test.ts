// deploy/nginx.conf with a real nginx: TLS before two Sigvers, each topic at one of them, and what is when one is gone.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generate } from 'selfsigned'
import { WebSocket } from 'ws'
import { deriveSecrets } from '../../src/core/secrets.js'
import { freePort } from '../freePort.js'
import { folder, Members, Running, startSigver, until } from './processes.js'

interface Site {
  readonly nginx: Running
  readonly url: string
  readonly certificate: string
}

/** The files as they are, but for ports and addresses. */
async function startNginx(ports: readonly number[]): Promise<Site> {
  const place = folder()
  const [plain, tls] = [await freePort(), await freePort()]
  const config = readFileSync('deploy/nginx.conf', 'utf8')
    .replace(/^ *listen \[::\].*\n/gm, '')
    .replace('listen 80 ', `listen 127.0.0.1:${plain} `)
    .replace('listen 443 ', `listen 127.0.0.1:${tls} `)
    // More than the limit of open files of most test machines.
    .replace(/^worker_rlimit_nofile.*\n/m, '')
    .replace('worker_connections 65536', 'worker_connections 512')
  const servers = ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=10s;`)
  const upstream = readFileSync('deploy/upstream.conf', 'utf8')
    .replace(/^.*server 127.*\n/gm, '')
    .replace('\n}', `\n${servers.join('\n')}\n}`)
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  mkdirSync(join(place, 'sigver'))
  const write = (name: string, text: string) => writeFileSync(join(place, name), text)
  write('nginx.conf', config)
  write('sigver/upstream.conf', upstream)
  write('sigver/chain.pem', cert)
  write('sigver/key.pem', key)
  const globals = `daemon off; pid ${join(place, 'nginx.pid')};`
  const nginx = new Running('nginx', ['-e', 'stderr', '-c', join(place, 'nginx.conf'), '-g', globals])
  const isThere = async () => {
    assert.ok(!nginx.hasEnded, nginx.output)
    const response = await fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' }).catch(() => undefined)
    return response?.status === 301
  }
  await until(isThere, () => `nginx: ${nginx.output}`)
  return { nginx, url: `wss://127.0.0.1:${tls}`, certificate: join(place, 'sigver/chain.pem') }
}

async function connections(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  return Number(/^sigver_connections (\d+)$/m.exec(text)?.[1])
}

/** At which Sigver a topic is: a WebSocket for it is opened twice. */
async function placeOf(
  topic: string,
  url: string,
  certificate: string,
  metrics: readonly number[],
): Promise<number> {
  const places = []
  for (let i = 0; i < 2; i++) {
    const socket = new WebSocket(`${url}/${topic}`, { ca: readFileSync(certificate) })
    await once(socket, 'open')
    places.push((await Promise.all(metrics.map(connections))).indexOf(1))
    socket.terminate()
    const isGone = async () => (await Promise.all(metrics.map(connections))).every((count) => count === 0)
    await until(isGone, () => 'the WebSocket is closed')
  }
  assert.equal(places[0], places[1], 'a topic always is at the same Sigver')
  return places[0] ?? -1
}

async function threeAtEach(url: string, certificate: string, metrics: readonly number[]): Promise<string[]> {
  const keys: string[][] = metrics.map(() => [])
  for (let i = 0; keys.some(({ length }) => length < 3); i++) {
    const key = `group ${i}`
    const place = keys[await placeOf(deriveSecrets(key).topic, url, certificate, metrics)]
    if (place && place.length < 3) place.push(key)
  }
  return keys.flat()
}

const isBack = ({ signaling }: { readonly signaling: string }) =>
  signaling === 'OPEN' || signaling === 'CHECKED'

test('members of one topic meet behind nginx, also when a Sigver goes and when it comes back', async () => {
  const ports = [await freePort(), await freePort()] as const
  const metrics = [await freePort(), await freePort()] as const
  const start = (i: 0 | 1) => startSigver(ports[i], metrics[i])
  const [victim] = await Promise.all([start(0), start(1)])
  const { nginx, url, certificate } = await startNginx(ports)
  const keys = await threeAtEach(url, certificate, metrics)
  const members = (name: string) => new Members(url, certificate, name, keys)

  const first = members('first')
  const second = members('second')
  await Promise.all([first.joined(2), second.joined(2)])
  assert.deepEqual(await Promise.all(metrics.map(connections)), [6, 6])

  await victim.kill()
  second.say('hello')
  await first.all(({ heard }) => heard.includes('hello of second'), 'they talk while a Sigver is away')
  await Promise.all([first.all(isBack, 'back at a Sigver'), second.all(isBack, 'back at a Sigver')])
  const third = members('third')
  await Promise.all([first.joined(3), second.joined(3), third.joined(3)])
  await until(
    async () => (await connections(metrics[1])) === 18,
    () => 'all are at the other Sigver',
  )

  await start(0)
  nginx.child.kill('SIGHUP')
  await until(
    async () => (await connections(metrics[0])) === 9,
    () => 'its topics are back',
  )
  const fourth = members('fourth')
  await Promise.all([first.joined(4), second.joined(4), third.joined(4), fourth.joined(4)])
  fourth.say('good evening')
  await first.all(({ heard }) => heard.includes('good evening of fourth'), 'the newest is heard')
})
