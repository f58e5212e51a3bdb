// Health and metrics of the command, with real members.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebGroup, WebGroupState } from '../../src/index.node.js'
import { closeCodes } from '../../src/core/closeCodes.js'
import { Command, release, Socket, until, within } from './sigverCommandStage.js'

const metricsUrl = ({ lines }: Command): string => String(lines[0]?.['metricsUrl'])

async function metrics(command: Command): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(metricsUrl(command))
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0/)
  const lines = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

/** Until these have these values. */
async function shows(command: Command, expected: Readonly<Record<string, number>>): Promise<void> {
  let now: ReadonlyMap<string, number> = new Map()
  const isSo = async () => {
    now = await metrics(command)
    return Object.entries(expected).every(([name, value]) => now.get(name) === value)
  }
  await until(isSo, 'metrics').catch((error: unknown) => {
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, now.get(name)])), expected)
    throw error
  })
}

async function member(url: string, key: string): Promise<WebGroup> {
  const group = new WebGroup({ signalingServer: url, rtcConfiguration: { iceServers: [] } })
  release(() => group.leave())
  await within(group.join(key), 'a join')
  assert.equal(group.state, WebGroupState.JOINED)
  return group
}

test('health tells that it is ready, on both ports, and alive', async () => {
  const command = await Command.start(['--metrics-port', '0', '--path', '/signaling'])
  for (const url of [command.page('/health'), new URL('/health', metricsUrl(command)).href]) {
    const response = await fetch(url)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /json/)
    assert.deepEqual(await response.json(), { status: 'ready' })
    assert.deepEqual(await (await fetch(url + '/live')).json(), { status: 'live' })
    assert.equal((await fetch(url, { method: 'HEAD' })).status, 200)
    assert.equal((await fetch(url, { method: 'POST' })).status, 405)
  }
})

test('other pages are none, and metrics are not on the port of members', async () => {
  const command = await Command.start(['--metrics-port', '0'])
  assert.equal((await fetch(command.page('/metrics'))).status, 426)
  assert.equal((await fetch(command.page('/app'), { method: 'POST' })).status, 426)
  assert.equal((await fetch(new URL('/other', metricsUrl(command)))).status, 404)
})

test('metrics count what members do', async () => {
  const command = await Command.start(['--metrics-port', '0'])
  const members = [
    await member(command.url, 'one'),
    await member(command.url, 'one'),
    await member(command.url, 'two'),
  ]
  await shows(command, { sigver_connections: 3, sigver_rooms: 2, sigver_peers: 3, sigver_joins_total: 3 })
  const now = await metrics(command)
  for (const name of ['sigver_introductions_total', 'sigver_relays_total', 'sigver_relayed_bytes_total'])
    assert.ok((now.get(name) ?? 0) > 0, name)
  assert.ok((now.get('sigver_frame_bytes_count') ?? 0) >= 3)
  assert.ok((now.get('sigver_frame_bytes_bucket{le="65536"}') ?? 0) === now.get('sigver_frame_bytes_count'))
  for (const { leave } of members.map((group) => ({ leave: () => group.leave() }))) leave()
  await shows(command, { sigver_connections: 0, sigver_rooms: 0, sigver_peers: 0, sigver_joins_total: 3 })
})

test('metrics count refusals by their code', async () => {
  const command = await Command.start(['--metrics-port', '0', '--origin', 'https://good.example.org'])
  const garbage = await Socket.open(command.url)
  garbage.webSocket.send(Buffer.from('garbage'))
  assert.equal(await within(garbage.closed, 'its end'), closeCodes.badFrame)
  const stranger = new Socket(command.url, { origin: 'https://bad.example.org' })
  assert.equal(await within(stranger.closed, 'its end'), closeCodes.badOrigin)
  await shows(command, {
    [`sigver_refusals_total{code="${closeCodes.badFrame}"}`]: 1,
    [`sigver_refusals_total{code="${closeCodes.badOrigin}"}`]: 1,
    sigver_connections: 0,
  })
})

test('metrics tell how late the event loop is, and no topic, address or id', async () => {
  const command = await Command.start(['--metrics-port', '0'])
  await member(command.url, 'one')
  const names = [...(await metrics(command)).keys()]
  assert.ok(names.includes('nodejs_eventloop_lag_p99_seconds'))
  const labels = names
    .filter((name) => name.startsWith('sigver_'))
    .flatMap((name) => name.match(/\w+(?==")/g) ?? [])
  assert.deepEqual([...new Set(labels)], ['le'])
})

test('without --metrics-port there are no metrics', async () => {
  const command = await Command.start()
  assert.equal(command.lines[0]?.['metricsUrl'], undefined)
})
