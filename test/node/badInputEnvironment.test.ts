// Where there is no WebSocket, or no WebRTC: the browsers' WebGroup in a process that has neither, or only one.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { WebSocket } from 'ws'
import * as browser from '../../src/index.browser.js'
import type { NetfluxError } from '../../src/index.node.js'
import { onStage, type Stage, soon, throwsCode, until } from './apiStage.js'

const { WebGroup, WebGroupState } = browser

function provide(names: Record<string, unknown>): void {
  for (const name of ['WebSocket', 'RTCPeerConnection']) {
    Reflect.deleteProperty(globalThis, name)
    if (name in names) Object.defineProperty(globalThis, name, { value: names[name], configurable: true })
  }
}
afterEach(() => provide({}))

/** Like a page; left at the end of the test. */
function page(stage: Stage): { group: browser.WebGroup; errors: NetfluxError[] } {
  const group = new WebGroup(stage.options)
  const errors: NetfluxError[] = []
  group.onError = (error) => errors.push(error)
  stage.atEnd(() => group.leave())
  return { group, errors }
}

test(
  'join() without WebSocket throws NO_WEBSOCKET, and works once there is one',
  onStage(async (stage) => {
    provide({})
    const { group } = page(stage)
    throwsCode(() => group.join('a key'), 'NO_WEBSOCKET')
    assert.deepEqual([group.state, group.key], [WebGroupState.LEFT, ''])
    provide({ WebSocket })
    await soon(group.join('a key'), 'the join')
    assert.equal(group.state, WebGroupState.JOINED)
    group.leave()
  }),
)

test(
  'a member without WebRTC is told so once, and meets whoever accepts WebSockets; others through these',
  onStage(async (stage) => {
    provide({ WebSocket })
    const [a, b] = [page(stage), page(stage)]
    await soon(a.group.join('a key'), 'the join')
    assert.deepEqual(
      a.errors.map(({ code }) => code),
      ['RTC_MISSING'],
    )
    const bot = await stage.bot()
    const botId = await soon(a.group.invite(bot.url), 'the bot to come')
    assert.equal(a.group.link(botId)?.kind, 'websocket')
    await soon(b.group.join('a key'), 'the second join')
    await until(() => a.group.members.length === 3 && b.group.members.length === 3, 'everyone')
    const heard: unknown[] = []
    b.group.onMessage = (_, data) => heard.push(data)
    a.group.send('over the bot')
    await until(() => heard.length === 1, 'the message')
    assert.equal(a.group.link(b.group.myId)?.kind, 'relayed')
    a.group.leave()
    b.group.leave()
    await soon(a.group.join('a key'), 'joining again')
    assert.equal(a.errors.filter(({ code }) => code === 'RTC_MISSING').length, 1)
    a.group.leave()
  }),
)

test(
  'two members that have neither WebRTC nor anyone between them are told why they do not meet',
  onStage(async (stage) => {
    provide({ WebSocket })
    const [a, b] = [page(stage), page(stage)]
    await soon(a.group.join('a key'), 'the first join')
    void b.group.join('a key')
    await until(() => b.errors.some(({ code }) => code === 'PEER_UNREACHABLE'), 'the error')
    const error = b.errors.find(({ code }) => code === 'PEER_UNREACHABLE')
    assert.equal(error?.id, a.group.myId)
    assert.match(error?.message ?? '', /no transport/)
    assert.equal(a.group.state, WebGroupState.JOINED)
    a.group.leave()
    b.group.leave()
  }),
)
