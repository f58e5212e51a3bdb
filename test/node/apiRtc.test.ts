// rtcConfiguration and rtcPeerConnection: what a peer connection is made with, and what happens where none can be made.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { NetfluxError, RtcConfigurationSource } from '../../src/index.node.js'
import { ofThisProcess } from '../../src/io/peerConnections.js'
import { keepDiary, meet, onStage, type Stage, soon, until } from './apiStage.js'

after(() => until(() => ofThisProcess.count === 0, 'the last peer connection to be released', 2_000))

const wrtc = createRequire(import.meta.url)('@roamhq/wrtc') as { RTCPeerConnection: typeof RTCPeerConnection }

/** The real one; notes what each is made with. */
function noting(): { RTCPeerConnection: unknown; configurations: RTCConfiguration[] } {
  const configurations: RTCConfiguration[] = []
  class Noting extends wrtc.RTCPeerConnection {
    constructor(configuration: RTCConfiguration) {
      configurations.push(configuration)
      super({ iceServers: [] })
    }
  }
  return { RTCPeerConnection: Noting, configurations }
}

/** What the first peer connection of a member with this option is made with. */
async function configurationOf(stage: Stage, rtcConfiguration: RtcConfigurationSource | undefined) {
  const { RTCPeerConnection: rtcPeerConnection, configurations } = noting()
  const a = stage.group({ rtcPeerConnection, rtcConfiguration } as object)
  const b = stage.group()
  const key = `key ${Math.random()}`
  await soon(Promise.all([a.join(key), b.join(key)]), 'the joins')
  await meet([a, b])
  assert.equal(a.link(b.myId)?.kind, 'datachannel')
  return configurations[0]
}

test(
  'rtcConfiguration may be an object, a function or an async function; password is understood as credential',
  onStage(async (stage) => {
    const turn = { urls: ['turn:turn.example?transport=udp'], username: 'user', password: 'secret' }
    const given = { iceServers: [{ urls: 'stun:stun.example' }, turn], iceTransportPolicy: 'all' as const }
    const expected = {
      iceServers: [
        { urls: 'stun:stun.example' },
        { urls: turn.urls, username: 'user', credential: 'secret' },
      ],
      iceTransportPolicy: 'all',
    }
    assert.deepEqual(await configurationOf(stage, given), expected)
    assert.deepEqual(await configurationOf(stage, () => given), expected)
    assert.deepEqual(await configurationOf(stage, async () => given), expected)
    assert.ok('password' in turn, 'what was given is not changed')
  }),
)

test(
  'without rtcConfiguration a public STUN server is used; iceServers: [] uses none',
  onStage(async (stage) => {
    const [server] = (await configurationOf(stage, undefined))?.iceServers ?? []
    assert.match(String(server?.urls), /^stun:/)
    assert.deepEqual((await configurationOf(stage, { iceServers: [] }))?.iceServers, [])
    assert.deepEqual((await configurationOf(stage, {}))?.iceServers, [])
  }),
)

test(
  'a function is asked before each connection',
  onStage(async (stage) => {
    let asked = 0
    const rtcConfiguration = () => {
      asked++
      return { iceServers: [] }
    }
    const a = stage.group({ rtcConfiguration })
    await soon(a.join('a key'), 'the join')
    assert.equal(asked, 0)
    const others = [stage.group(), stage.group()]
    for (const [i, other] of others.entries()) {
      await soon(other.join('a key'), 'a join')
      await meet([a, ...others.slice(0, i + 1)])
      assert.ok(asked > i, `${asked} times for ${i + 1} connections`)
    }
  }),
)

/** Two members that cannot have a data channel, and a bot that both can reach. */
async function pairWithBot(stage: Stage, options: object) {
  const a = stage.group(options)
  const b = stage.group(options)
  const errors: NetfluxError[] = []
  b.onError = (error) => errors.push(error)
  const bot = await stage.bot()
  await soon(a.join('a key'), 'the first join')
  await soon(a.invite(bot.url), 'the bot to come')
  void b.join('a key')
  await until(() => [a, b].every(({ members }) => members.length === 3), 'everyone')
  return { a, b, errors }
}

const broken: readonly [string, object, RegExp][] = [
  [
    'a function that throws',
    { rtcConfiguration: () => fail('no credentials today') },
    /no credentials today/,
  ],
  [
    'a promise that rejects',
    { rtcConfiguration: async () => fail('no credentials today') },
    /no credentials today/,
  ],
  [
    'a function that gives nonsense',
    { rtcConfiguration: () => ({ iceServers: 5 }) as object },
    /iceServers is not an array/,
  ],
  [
    'a function that gives a server that is none',
    { rtcConfiguration: () => ({ iceServers: [{ urls: 'ftp://x' }] }) },
    /ftp:..x is not the URL of an ICE server/,
  ],
]
function fail(message: string): never {
  throw new Error(message)
}

for (const [name, options, reason] of broken)
  test(
    `with ${name} as rtcConfiguration a pair is told PEER_UNREACHABLE with the reason, and talks through a bot`,
    onStage(async (stage) => {
      const { a, b, errors } = await pairWithBot(stage, options)
      const [first, second] = a.myId < b.myId ? [a, b] : [b, a]
      const diary = keepDiary(second)
      first.send('over the bot')
      await until(() => diary.includes(`message ${first.myId} over the bot`), 'the message')
      assert.equal(first.link(second.myId)?.kind, 'relayed')
      const told: NetfluxError[] = []
      for (const group of [a, b]) group.error$.subscribe((error) => told.push(error))
      await until(() => [...errors, ...told].some(({ code }) => code === 'PEER_UNREACHABLE'), 'the error')
      const error = [...errors, ...told].find(({ code }) => code === 'PEER_UNREACHABLE')
      assert.match(error?.message ?? '', reason)
      assert.ok(error?.id === a.myId || error?.id === b.myId)
    }),
  )

test(
  'a process at its limit of peer connections is told TOO_MANY_CONNECTIONS; its members talk through a bot',
  onStage(async (stage) => {
    const givenBack: ((() => void) | undefined)[] = []
    while (givenBack.at(-1) !== undefined || givenBack.length === 0) givenBack.push(ofThisProcess.take())
    try {
      const { a, b, errors } = await pairWithBot(stage, {})
      const told: NetfluxError[] = []
      a.error$.subscribe((error) => told.push(error))
      const diary = keepDiary(b)
      a.send('over the bot')
      await until(() => diary.includes(`message ${a.myId} over the bot`), 'the message')
      await until(
        () =>
          [...errors, ...told].some(({ code }) => code === 'TOO_MANY_CONNECTIONS') ||
          diary.includes('error TOO_MANY_CONNECTIONS'),
        'the error',
      )
    } finally {
      for (const giveBack of givenBack) giveBack?.()
    }
  }),
)
