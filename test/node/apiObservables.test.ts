// Observables beside the handlers, and handlers that throw.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { merge } from 'rxjs'
import { type NetfluxError, SignalingState, WebGroupState } from '../../src/index.node.js'
import { ofThisProcess } from '../../src/io/peerConnections.js'
import { deadUrl, keepDiary, onStage, rejectsCode, soon, until } from './apiStage.js'

after(() => until(() => ofThisProcess.count === 0, 'the last peer connection to be released', 2_000))

test(
  'Observables tell what handlers are told, in the same order, after them',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const diary = keepDiary(a)
    a.memberJoin$.subscribe((id) => diary.push(`$join ${id}`))
    a.memberLeave$.subscribe((id) => diary.push(`$leave ${id}`))
    a.message$.subscribe(({ id, data }) => diary.push(`$message ${id} ${String(data)}`))
    const b = stage.group()
    await soon(b.join('a key'), 'the join')
    await until(() => b.members.length === 2, 'the members')
    const { myId } = b
    b.send('hello')
    await until(() => diary.includes(`$message ${myId} hello`), 'the message')
    b.leave()
    await until(() => diary.includes(`$leave ${myId}`), 'the leave')
    const lines = [`join ${myId}`, `message ${myId} hello`, `leave ${myId}`].flatMap((line) => [
      line,
      `$${line}`,
    ])
    assert.deepEqual(
      diary.filter((line) => !line.startsWith('signaling')),
      lines,
    )
  }),
)

test(
  'Observables need no handler, and serve several subscribers until each ends',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const heard: string[] = []
    const first = a.message$.subscribe(({ data }) => heard.push(`first ${String(data)}`))
    a.message$.subscribe(({ data }) => heard.push(`second ${String(data)}`))
    b.send('one')
    await until(() => heard.length === 2, 'the first message')
    first.unsubscribe()
    b.send('two')
    await until(() => heard.length >= 3, 'the second message')
    assert.deepEqual(heard, ['first one', 'second one', 'second two'])
  }),
)

test(
  'state$ and signalingState$ replay the present state to whoever subscribes; the others replay nothing',
  onStage(async (stage) => {
    const group = stage.group()
    const states: string[] = []
    const signaling: string[] = []
    group.state$.subscribe((state) => states.push(WebGroupState[state] ?? ''))
    group.signalingState$.subscribe((state) => signaling.push(SignalingState[state] ?? ''))
    assert.deepEqual([states, signaling], [['LEFT'], ['CLOSED']])
    await soon(group.join('a key'), 'the join')
    await until(() => group.signalingState === SignalingState.CHECKED, 'the last check')
    assert.deepEqual(states, ['LEFT', 'JOINING', 'JOINED'])
    assert.deepEqual(signaling.slice(0, 5), ['CLOSED', 'CONNECTING', 'OPEN', 'CHECKING', 'CHECKED'])
    const late: unknown[] = []
    group.state$.subscribe((state) => late.push(state))
    group.signalingState$.subscribe((state) => late.push(state))
    merge(group.message$, group.memberJoin$, group.memberLeave$, group.error$).subscribe((it) =>
      late.push(it),
    )
    assert.deepEqual(late, [WebGroupState.JOINED, SignalingState.CHECKED])
    group.leave()
    assert.deepEqual([states.at(-1), signaling.at(-1)], ['LEFT', 'CLOSED'])
  }),
)

test(
  'error$ tells what onError is told; a rejected invite() that nobody awaits ends nothing',
  onStage(async (stage) => {
    const [group] = await stage.members(1)
    assert.ok(group)
    const errors: NetfluxError[] = []
    const told: NetfluxError[] = []
    group.onError = (error) => errors.push(error)
    group.error$.subscribe((error) => told.push(error))
    const url = await deadUrl()
    void group.invite(url)
    await rejectsCode(group.invite(url), 'INVITE_FAILED')
    await until(() => errors.length === 2, 'both errors')
    assert.deepEqual(errors, told)
    assert.match(errors[0]?.message ?? '', /ECONNREFUSED/)
  }),
)

test('handlers, subscribers and accept() that throw break nothing inside, and their errors are not hidden', async () => {
  const script = fileURLToPath(new URL('./apiThrowing.child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  let output = ''
  child.stdout.on('data', (data) => (output += data))
  const result = await new Promise<unknown[]>((resolve) => child.on('exit', (...how) => resolve(how)))
  clearTimeout(timer)
  assert.deepEqual(result, [0, null])
  const thrown = JSON.parse(output) as Record<string, number>
  assert.equal(thrown.onMessage, 5)
  for (const name of [
    'onMyId',
    'onStateChange',
    'onSignalingStateChange',
    'onMemberJoin',
    'onMemberLeave',
    'onError',
  ])
    assert.ok(thrown[name], name)
  for (const name of ['state$', 'memberJoin$', 'message$', 'error$', 'accept', 'onWebGroup'])
    assert.ok(thrown[name], name)
})
