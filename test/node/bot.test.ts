// The Bot: being invited, being in groups, leaving them, refusing, closing.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { WebSocket } from 'ws'
import { type NetfluxError, WebGroup, WebGroupState } from '../../src/index.node.js'
import { ofThisProcess } from '../../src/io/peerConnections.js'
import {
  isSettled,
  keepDiary,
  listen,
  meet,
  onStage,
  rejectsCode,
  soon,
  sorted,
  until,
  urlOf,
} from './apiStage.js'

after(() => until(() => ofThisProcess.count === 0, 'the last peer connection to be released', 2_000))

test(
  'url is empty until the server listens, then its address, and the given one if one is given',
  onStage(async (stage) => {
    const server = createServer()
    const bot = await stage.bot({ server })
    const named = await stage.bot({ server, url: 'ws://bot.example/path' })
    assert.equal(bot.url, '')
    await listen(server)
    stage.atEnd(() => server.close())
    assert.equal(bot.url, urlOf(server))
    assert.equal(named.url, 'ws://bot.example/path')
  }),
)

test(
  'an invited bot tells of the group while it is JOINING and nothing else has happened, with its key',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    const seen: unknown[] = []
    let diary: string[] = []
    bot.onWebGroup = (group) => {
      seen.push(group.state, group.key, group.id, group.members)
      assert.ok(group instanceof WebGroup)
      seen.push(bot.webGroups.get(group.id) === group)
      diary = keepDiary(group)
    }
    const botId = await soon(a.invite(bot.url), 'the invitation')
    await meet([a, ...bot.webGroups.values()])
    const [group] = bot.webGroups.values()
    assert.deepEqual(seen, [WebGroupState.JOINING, 'a key', a.id, [botId], true])
    assert.equal(group?.myId, botId)
    assert.deepEqual(sorted(a.members), sorted([a.myId, botId]))
    const story = diary.filter((line) => !line.startsWith('signaling'))
    assert.deepEqual(story, [`myId ${botId}`, 'JOINING', `join ${a.myId}`, 'JOINED'])
  }),
)

test(
  'messages go to the bot and come from it, over a WebSocket, also to members who did not invite it',
  onStage(async (stage) => {
    const groups = await stage.members(2)
    const [a, b] = groups
    assert.ok(a && b)
    const bot = await stage.bot()
    bot.onWebGroup = (group) => {
      group.onMessage = (id, data) => void group.sendTo(id, `${String(data)} yourself`)
    }
    const botId = await soon(a.invite(bot.url), 'the invitation')
    await meet([...groups, ...bot.webGroups.values()])
    for (const group of groups) {
      assert.equal(group.link(botId)?.kind, 'websocket')
      const diary = keepDiary(group)
      group.sendTo(botId, 'hello')
      await until(() => diary.includes(`message ${botId} hello yourself`), 'the answer')
    }
  }),
)

test(
  'a second invitation, by the same member or another one, gives the same id and one member',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const bot = await stage.bot()
    let told = 0
    bot.onWebGroup = () => told++
    const first = await soon(a.invite(bot.url), 'the first invitation')
    const diary = keepDiary(a)
    assert.equal(await soon(a.invite(bot.url), 'the second invitation'), first)
    assert.equal(await soon(b.invite(bot.url), 'the third invitation'), first)
    await meet([a, b, ...bot.webGroups.values()])
    assert.equal(told, 1)
    assert.equal(bot.webGroups.size, 1)
    assert.deepEqual(
      diary.filter((line) => !line.startsWith('signaling')),
      [],
    )
  }),
)

test(
  'many who invite at once, while they join, get one bot member',
  onStage(async (stage) => {
    const bot = await stage.bot()
    let told = 0
    bot.onWebGroup = () => told++
    const groups = Array.from({ length: 6 }, () => stage.group())
    const ids = await soon(
      Promise.all(
        groups.map((group) => {
          void group.join('a key')
          return group.invite(bot.url)
        }),
      ),
      'the invitations',
    )
    assert.equal(new Set(ids).size, 1)
    await meet([...groups, ...bot.webGroups.values()])
    assert.equal(told, 1)
    assert.equal(bot.webGroups.size, 1)
  }),
)

test(
  'a bot may be in several groups, by their ids; what is said in one is not heard in another',
  onStage(async (stage) => {
    const bot = await stage.bot()
    const heard: string[] = []
    bot.onWebGroup = (group) => {
      group.onMessage = (_, data) => heard.push(`${group.key}: ${String(data)}`)
    }
    const groups = [stage.group(), stage.group()]
    for (const [i, group] of groups.entries()) {
      await soon(group.join(`key ${i}`), 'a join')
      await soon(group.invite(bot.url), 'an invitation')
    }
    assert.deepEqual(sorted(bot.webGroups.keys()), sorted(groups.map(({ id }) => id)))
    for (const [i, group] of groups.entries()) group.send(`from ${i}`)
    await until(() => heard.length === 2, 'both messages')
    assert.deepEqual(heard.sort(), ['key 0: from 0', 'key 1: from 1'])
  }),
)

test(
  'members that join later meet the bot without inviting it',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    const botId = await soon(a.invite(bot.url), 'the invitation')
    const b = stage.group()
    await soon(b.join('a key'), 'the join')
    await meet([a, b, ...bot.webGroups.values()])
    assert.equal(b.link(botId)?.kind, 'websocket')
  }),
)

test(
  'a bot leaves once alone, and forgets the group',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const bot = await stage.bot()
    await soon(a.invite(bot.url), 'the invitation')
    const [group] = bot.webGroups.values()
    assert.ok(group)
    await meet([a, b, group])
    a.leave()
    await until(() => group.members.length === 2, 'the first leave')
    assert.equal(group.state, WebGroupState.JOINED)
    b.leave()
    await until(() => group.state === WebGroupState.LEFT, 'the bot to leave')
    assert.equal(bot.webGroups.size, 0)
  }),
)

test(
  'a bot that left once alone can be invited again, under a new id',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    let told = 0
    bot.onWebGroup = () => told++
    const first = await soon(a.invite(bot.url), 'the first invitation')
    a.leave()
    await until(() => bot.webGroups.size === 0, 'the bot to leave')
    await soon(a.join('a key'), 'the second join')
    const second = await soon(a.invite(bot.url), 'the second invitation')
    assert.notEqual(second, first)
    assert.equal(told, 2)
    await meet([a, ...bot.webGroups.values()])
  }),
)

test(
  'with leaveOnceAlone false a bot stays, and is there for those who come later',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot({ leaveOnceAlone: false })
    const botId = await soon(a.invite(bot.url), 'the invitation')
    const [group] = bot.webGroups.values()
    assert.ok(group)
    await meet([a, group])
    a.leave()
    await until(() => group.members.length === 1, 'the leave')
    assert.equal(group.state, WebGroupState.JOINED)
    await soon(a.join('a key'), 'the second join')
    await meet([a, group])
    assert.deepEqual(sorted(a.members), sorted([a.myId, botId]))
    assert.equal(bot.webGroups.get(group.id), group)
  }),
)

test(
  'a bot may leave by itself: the group is forgotten, and the others see it leave',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    const botId = await soon(a.invite(bot.url), 'the invitation')
    const [group] = bot.webGroups.values()
    assert.ok(group)
    await meet([a, group])
    const diary = keepDiary(a)
    group.leave()
    assert.equal(bot.webGroups.size, 0)
    await until(() => diary.includes(`leave ${botId}`), 'the leave')
    assert.equal(a.state, WebGroupState.JOINED)
  }),
)

test(
  'accept() is asked with the key, and what is not true refuses',
  onStage(async (stage) => {
    const asked: string[] = []
    const answers: unknown[] = [false, undefined, Promise.resolve(true), true]
    const accept = (key: string) => {
      asked.push(key)
      return answers.shift() as boolean
    }
    const bot = await stage.bot({ accept })
    const [a] = await stage.members(1)
    assert.ok(a)
    const errors: NetfluxError[] = []
    a.onError = (error) => errors.push(error)
    for (let i = 0; i < 3; i++) await rejectsCode(a.invite(bot.url), 'INVITE_REFUSED')
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['INVITE_REFUSED', 'INVITE_REFUSED', 'INVITE_REFUSED'],
    )
    assert.equal(bot.webGroups.size, 0)
    assert.deepEqual(a.members, [a.myId])
    await soon(a.invite(bot.url), 'the fourth invitation')
    assert.deepEqual(asked, ['a key', 'a key', 'a key', 'a key'])
    assert.equal(a.state, WebGroupState.JOINED)
  }),
)

test(
  'a bot in maxGroups groups refuses another one, but not a second invitation; when it left one there is room',
  onStage(async (stage) => {
    const bot = await stage.bot({ maxGroups: 1 })
    const [a, b] = [stage.group(), stage.group()]
    await soon(Promise.all([a.join('a key'), b.join('another key')]), 'the joins')
    await soon(a.invite(bot.url), 'the first invitation')
    await rejectsCode(b.invite(bot.url), 'INVITE_REFUSED')
    await soon(a.invite(bot.url), 'the second invitation')
    a.leave()
    await until(() => bot.webGroups.size === 0, 'the bot to leave')
    await soon(b.invite(bot.url), 'the third invitation')
    assert.equal(bot.webGroups.size, 1)
  }),
)

test(
  'options of the groups count flat and under webGroupOptions, which come first',
  onStage(async (stage) => {
    const server = await stage.http()
    const [a] = await stage.members(1)
    assert.ok(a)
    const { signalingServer } = stage.options
    const bots = [
      await stage.bot({ server, autoRejoin: false, signalingServer }),
      await stage.bot({ webGroupOptions: { autoRejoin: false } }),
      await stage.bot({ autoRejoin: true, webGroupOptions: { autoRejoin: false } }),
      await stage.bot({ autoRejoin: false, webGroupOptions: { autoRejoin: undefined } } as object),
      await stage.bot({
        signalingServer: 'ws://nowhere.example',
        webGroupOptions: { signalingServer, autoRejoin: false },
      } as object),
    ]
    for (const bot of bots) {
      await soon(a.invite(bot.url), 'the invitation')
      const [group] = bot.webGroups.values()
      assert.equal(group?.autoRejoin, false)
      assert.equal(group?.signalingServer, signalingServer)
    }
  }),
)

test(
  'perMessageDeflate: off by default, on when it is asked for',
  onStage(async (stage) => {
    const extensions = async (url: string) => {
      const socket = new WebSocket(url)
      await soon(new Promise((resolve) => socket.once('open', resolve)), 'a socket')
      socket.close()
      return socket.extensions
    }
    assert.equal(await extensions((await stage.bot()).url), '')
    const bot = await stage.bot({ perMessageDeflate: true })
    assert.match(await extensions(bot.url), /permessage-deflate/)
    const [a] = await stage.members(1)
    await soon(a?.invite(bot.url) ?? Promise.reject(new Error()), 'the invitation')
  }),
)

test(
  'bots at several paths of one server, which has other users, do not get in each other’s way',
  onStage(async (stage) => {
    const server = await stage.http()
    server.on('request', (_, response) => response.end('a page'))
    const url = urlOf(server)
    const one = await stage.bot({ server, url: `${url}/one` })
    const two = await stage.bot({ server, url: `${url}/two` })
    const [a] = await stage.members(1)
    assert.ok(a)
    await soon(a.invite(one.url), 'the first invitation')
    await soon(a.invite(two.url), 'the second invitation')
    await rejectsCode(a.invite(`${url}/three`), 'INVITE_FAILED', /404/)
    assert.deepEqual([one.webGroups.size, two.webGroups.size], [1, 1])
    await meet([a, ...one.webGroups.values(), ...two.webGroups.values()])
    const page = await fetch(url.replace('ws', 'http'))
    assert.equal(await page.text(), 'a page')
  }),
)

test(
  'close() leaves all groups and tells everyone; the server stays, and the bot is not to be found any more',
  onStage(async (stage) => {
    const server = await stage.http()
    server.on('request', (_, response) => response.end('a page'))
    const bot = await stage.bot({ server })
    const groups = [stage.group(), stage.group()]
    const ids: number[] = []
    for (const [i, group] of groups.entries()) {
      await soon(group.join(`key ${i}`), 'a join')
      ids.push(await soon(group.invite(bot.url), 'an invitation'))
    }
    const left = [...bot.webGroups.values()]
    await meet([groups[0] as WebGroup, left[0] as WebGroup])
    await meet([groups[1] as WebGroup, left[1] as WebGroup])
    const diaries = groups.map(keepDiary)
    const begin = performance.now()
    const closing = bot.close()
    assert.equal(bot.close(), closing)
    await soon(closing, 'the close')
    assert.ok(performance.now() - begin < 2_000)
    assert.equal(bot.webGroups.size, 0)
    for (const group of left) assert.equal(group.state, WebGroupState.LEFT)
    await until(() => diaries.every((diary, i) => diary.includes(`leave ${ids[i]}`)), 'the leaves')
    assert.equal(await (await fetch(urlOf(server, 'http'))).text(), 'a page')
    await rejectsCode(groups[0]?.invite(urlOf(server)) as Promise<number>, 'INVITE_FAILED')
    assert.equal(await isSettled(bot.close()), true)
  }),
)

test(
  'a stranger who is connected when the bot closes is sent away, and invites it no more',
  onStage(async (stage) => {
    const bot = await stage.bot()
    const socket = new WebSocket(bot.url)
    await soon(new Promise((resolve) => socket.once('message', resolve)), 'the challenge')
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    await soon(bot.close(), 'the close')
    assert.equal(await soon(closed, 'the socket to close', 1_000), 4507)
  }),
)

test(
  'close() while a group is being left waits for that too',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    const botId = await soon(a.invite(bot.url), 'the invitation')
    const [group] = bot.webGroups.values()
    assert.ok(group)
    await meet([a, group])
    group.leave()
    await soon(bot.close(), 'the close')
    assert.ok(!a.members.includes(botId), 'the goodbye has arrived')
  }),
)

test(
  'a server that cannot listen is told to onError with LISTEN_FAILED',
  onStage(async (stage) => {
    const taken = await stage.http()
    const server = createServer()
    const bot = await stage.bot({ server })
    const told = new Promise<NetfluxError>((resolve) => (bot.onError = resolve))
    server.listen(Number(new URL(urlOf(taken)).port), '127.0.0.1')
    const error = await soon(told, 'the error')
    assert.equal(error.code, 'LISTEN_FAILED')
    assert.match(error.message, /EADDRINUSE/)
    assert.equal(bot.url, '')
  }),
)

test(
  'a server that cannot listen throws as it would without a bot where nobody handles it',
  onStage(async (stage) => {
    const server = createServer()
    await stage.bot({ server })
    assert.throws(() => server.emit('error', new Error('cannot listen')), /cannot listen/)
    server.on('error', () => {})
    server.emit('error', new Error('cannot listen'))
  }),
)

test(
  'a bot that invites itself is told so by an error, and nothing happens to it',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bot = await stage.bot()
    const botId = await soon(a.invite(bot.url), 'the invitation')
    const [group] = bot.webGroups.values()
    assert.ok(group)
    await meet([a, group])
    await rejectsCode(group.invite(bot.url), 'INVITE_REFUSED', /itself/)
    const diary = keepDiary(a)
    group.send('fence')
    await until(() => diary.includes(`message ${botId} fence`), 'the fence')
    assert.equal(group.myId, botId)
    assert.deepEqual(sorted(group.members), sorted([a.myId, botId]))
  }),
)

test(
  'two bots in one group are linked with each other',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const bots = [await stage.bot(), await stage.bot()]
    for (const bot of bots) await soon(a.invite(bot.url), 'the invitation')
    await meet([a, ...bots.flatMap((bot) => [...bot.webGroups.values()])])
  }),
)
