// Several worker processes of the command are one Sigver: groups, metrics, the death of one of them, and the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignalingState, WebGroup } from '../../src/index.node.js'
import { Command, release, until } from './sigverCommandStage.js'

function member(url: string): WebGroup {
  const group = new WebGroup({ signalingServer: url, rtcConfiguration: { iceServers: [] } })
  release(() => group.leave())
  return group
}

const meet = (groups: readonly WebGroup[]) =>
  until(() => groups.every(({ members }) => members.length === groups.length), `${groups.length} to meet`)

async function metric(command: Command, name: string): Promise<number> {
  const { metricsUrl } = command.lines.find((line) => line['metricsUrl']) ?? {}
  const text = await (await fetch(String(metricsUrl))).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

test('members of one group meet at whichever worker they are, and the metrics count all', async () => {
  const command = await Command.start(['--workers', '3', '--metrics-port', '0'])
  const groups = Array.from({ length: 6 }, () => member(command.url))
  await Promise.all(groups.map((group) => group.join('a key')))
  await meet(groups)
  await until(async () => (await metric(command, 'sigver_connections')) === 6, 'all to be counted')
  // Wherever their sockets are, the room is in one worker.
  assert.equal(await metric(command, 'sigver_rooms'), 1)
  assert.equal(await metric(command, 'sigver_peers'), 6)
})

test('a worker that dies is started again, its members come back, and no group is lost', async () => {
  const command = await Command.start(['--workers', '2'])
  const groups = Array.from({ length: 4 }, () => member(command.url))
  await Promise.all(groups.map((group) => group.join('a key')))
  await meet(groups)
  const left: number[] = []
  for (const group of groups) group.onMemberLeave = (id) => left.push(id)
  const [pid] = await childrenOf(command.child.pid ?? 0)
  process.kill(pid ?? 0, 'SIGKILL')
  await command.said('a worker died')
  const newcomer = member(command.url)
  await newcomer.join('a key')
  await meet([...groups, newcomer])
  await until(
    () => groups.every(({ signalingState }) => signalingState === SignalingState.CHECKED),
    'all to be back',
  )
  assert.deepEqual(left, [])
})

test('SIGTERM ends the workers and their parent in peace', async () => {
  const command = await Command.start(['--workers', '2'])
  const group = member(command.url)
  await group.join('a key')
  const children = await childrenOf(command.child.pid ?? 0)
  assert.equal(children.length, 2)
  command.signal('SIGTERM')
  assert.equal(await command.end(), 0)
  for (const pid of children) assert.throws(() => process.kill(pid, 0), /ESRCH/)
})

async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const all = text.trim().split(' ').map(Number)
  const isWorker = async (child: number) =>
    (await readFile(`/proc/${child}/environ`, 'utf8')).includes('NETFLUX_WORKER_SECRET')
  const known = await Promise.all(all.map(isWorker))
  return all.filter((_, i) => known[i])
}
