// What needs no network: what is exported, enums' numbers, defaults, options, handlers and logs.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test, type TestContext } from 'node:test'
import * as limits from '../../src/core/limits.js'
import * as browser from '../../src/index.browser.js'
import * as node from '../../src/index.node.js'
import type { RtcConfigurationSource, WebGroupOptions } from '../../src/index.node.js'
import { soon, Stage, throwsCode } from './apiStage.js'

const { LogLevel, NetfluxError, setLogLevel, SignalingState, Topology, WebGroup, WebGroupState } = node
const signalingServer = 'ws://sigver.example'

const members = (enumeration: object) =>
  Object.fromEntries(Object.entries(enumeration).filter(([name]) => Number.isNaN(Number(name))))

test('the numbers of the enums are those of Netflux 4', () => {
  assert.deepEqual(members(WebGroupState), { JOINING: 0, JOINED: 1, LEFT: 2 })
  assert.deepEqual(members(SignalingState), { CONNECTING: 0, OPEN: 1, CHECKING: 2, CLOSED: 3, CHECKED: 4 })
  assert.deepEqual(members(Topology), { FULL_MESH: 0 })
  assert.deepEqual(Object.keys(members(LogLevel)), [
    'DEBUG',
    'WEB_GROUP',
    'WEBRTC',
    'CHANNEL',
    'TOPOLOGY',
    'SIGNALING',
    'CHANNEL_BUILDER',
  ])
  assert.equal(WebGroupState[WebGroupState.JOINED], 'JOINED')
})

test('browsers and Node get the same exports, Node the bot besides', () => {
  const shared = [
    'WebGroup',
    'WebGroupState',
    'SignalingState',
    'Topology',
    'LogLevel',
    'setLogLevel',
    'NetfluxError',
  ]
  assert.deepEqual(Object.keys(browser).sort(), [...shared].sort())
  assert.deepEqual(Object.keys(node).sort(), [...shared, 'Bot'].sort())
})

test('what is not said has the documented default', () => {
  const group = new WebGroup({ signalingServer })
  assert.equal(group.topology, Topology.FULL_MESH)
  assert.equal(group.autoRejoin, true)
  assert.equal(limits.messageSize, 512 * 1024 * 1024)
  assert.equal(limits.backlog, 384 * 1024 * 1024)
})

test('what is said is kept', () => {
  const group = new WebGroup({ signalingServer, autoRejoin: false, topology: Topology.FULL_MESH })
  assert.equal(group.autoRejoin, false)
  assert.equal(group.signalingServer, signalingServer)
  group.autoRejoin = true
  assert.equal(group.autoRejoin, true)
  group.autoRejoin = false
  assert.equal(group.autoRejoin, false)
})

test('signalingServer reads as it was given', () => {
  for (const url of [
    'ws://localhost:8000',
    'wss://sigver.example/',
    'wss://sigver.example/some/path',
    'ws://[::1]:80?a=b',
  ])
    assert.equal(new WebGroup({ signalingServer: url }).signalingServer, url)
})

test('in Node signalingServer is required; where there is no page, in browsers too', () => {
  throwsCode(() => new WebGroup(), 'NO_SIGNALING_SERVER')
  throwsCode(() => new WebGroup({}), 'NO_SIGNALING_SERVER')
  throwsCode(() => new browser.WebGroup(), 'NO_SIGNALING_SERVER')
})

test("a page's own origin is the default Sigver in browsers", (t: TestContext) => {
  const page = (origin: string) =>
    Object.defineProperty(globalThis, 'location', { value: { origin }, configurable: true })
  t.after(() => Reflect.deleteProperty(globalThis, 'location'))
  page('http://localhost:8000')
  assert.equal(new browser.WebGroup().signalingServer, 'ws://localhost:8000')
  page('https://pages.example')
  assert.equal(new browser.WebGroup().signalingServer, 'wss://pages.example')
  // A page from the disk has no origin of its own.
  page('null')
  throwsCode(() => new browser.WebGroup(), 'NO_SIGNALING_SERVER')
})

/** A configuration with this ICE server. */
const one = (server: unknown) => ({ iceServers: [server] })

test('every way to write an ICE server is accepted', () => {
  const secret = { username: 'user', credential: 'secret' }
  for (const server of [
    { urls: 'stun:stun.example' },
    { urls: ['stun:stun.example:3478', 'stuns:[::1]:5349', 'stun:192.0.2.1'] },
    { urls: 'turn:turn.example', ...secret },
    { urls: 'turns:turn.example:443?transport=tcp', ...secret },
    { urls: ['turn:turn.example?transport=udp'], username: 'user', password: 'secret' },
  ])
    new WebGroup({ signalingServer, rtcConfiguration: one(server) as RtcConfigurationSource })
  new WebGroup({
    signalingServer,
    rtcConfiguration: { iceTransportPolicy: 'relay', bundlePolicy: 'balanced' },
  })
})

const wrongOptions: Record<string, unknown[]> = {
  topology: [1, 'FULL_MESH', null, {}],
  autoRejoin: [1, 'yes', null],
  rtcConfiguration: [
    'stun:stun.example',
    5,
    null,
    { iceServers: 'stun:stun.example' },
    { iceServers: {} },
    { iceTransportPolicy: 'some' },
    ...[
      5,
      null,
      {},
      { urls: [] },
      { urls: 5 },
      { urls: [5] },
      { urls: undefined },
      { url: 'stun:stun.example' },
    ].map(one),
    ...[
      'stun.example',
      'stun:',
      'STUN:x',
      'stun://stun.example',
      'http://x',
      'stun:x:0',
      'stun:x:65536',
      'turn:x?transport=tls',
    ].map((urls) => one({ urls, username: 'user', credential: 'secret' })),
    ...[{}, { username: 'user' }, { credential: 'secret' }, { username: '', password: '' }].map((rest) =>
      one({ urls: ['stun:x', 'turn:x'], ...rest }),
    ),
  ],
  maxMessageSize: [0, -1, Number.NaN, '100', null],
  maxBacklog: [0, -1, Number.NaN, '100', null],
  rtcPeerConnection: [{}, 'RTCPeerConnection', null],
  allowPrivateAddresses: [1, 'yes', null],
}

for (const [name, values] of Object.entries(wrongOptions)) {
  test(`a wrong ${name} is refused with BAD_OPTION that names it`, () => {
    for (const value of values) {
      const options = { signalingServer, [name]: value } as WebGroupOptions
      throwsCode(() => new WebGroup(options), 'BAD_OPTION', new RegExp(name))
    }
  })
}

test('options that are no object are refused', () => {
  for (const options of [null, 'ws://sigver.example', 5, true] as unknown as WebGroupOptions[])
    throwsCode(() => new WebGroup(options), 'BAD_OPTION')
})

test('undefined in the options is as if it was not said', () => {
  const group = new WebGroup({
    signalingServer,
    topology: undefined,
    rtcConfiguration: undefined,
    autoRejoin: undefined,
    maxMessageSize: undefined,
    maxBacklog: undefined,
    rtcPeerConnection: undefined,
    allowPrivateAddresses: undefined,
  } as unknown as WebGroupOptions)
  assert.equal(group.autoRejoin, true)
})

const wrongUrls = [
  'http://sigver.example',
  'https://sigver.example',
  'sigver.example',
  '/signaling',
  'ws://',
  'wss://sigver.example:99999',
  'wss://sigver.example/#room',
  '',
  5,
  null,
  {},
  new URL('wss://sigver.example'),
]

test('a signalingServer that cannot be dialled as ws or wss is refused with BAD_URL', () => {
  for (const url of wrongUrls)
    throwsCode(() => new WebGroup({ signalingServer: url as string }), 'BAD_URL', /signalingServer/)
})

test('invite() refuses the same URLs', async () => {
  const stage = await Stage.begin()
  try {
    const [group] = await stage.members(1)
    for (const url of [...wrongUrls, `ws://bot.example/${'x'.repeat(512)}`, undefined])
      throwsCode(() => group?.invite(url as string), 'BAD_URL')
  } finally {
    await stage.end()
  }
})

const handlers = [
  'onMessage',
  'onMyId',
  'onMemberJoin',
  'onMemberLeave',
  'onStateChange',
  'onSignalingStateChange',
  'onError',
] as const

test('a handler that is unset reads undefined; anything but a function unsets it', () => {
  const group = new WebGroup({ signalingServer })
  for (const name of handlers) {
    assert.equal(group[name], undefined, name)
    for (const nothing of [undefined, null, 0, 'handler', {}]) {
      const handler = () => {}
      group[name] = handler
      assert.equal(group[name], handler, name)
      group[name] = nothing as undefined
      assert.equal(group[name], undefined, name)
    }
  }
})

test('what is read-only cannot be set', () => {
  const group = new WebGroup({ signalingServer })
  const names = [
    'id',
    'myId',
    'key',
    'members',
    'neighbors',
    'topology',
    'state',
    'signalingState',
    'signalingServer',
  ]
  for (const name of names) assert.throws(() => Object.assign(group, { [name]: 1 }), TypeError, name)
})

const badKeys = ['', 'x'.repeat(513), 5, null, {}, [], Symbol('key'), () => 'key']

test('a key of a wrong type, empty or above 512 characters is refused with BAD_KEY and changes nothing', () => {
  const group = new WebGroup({ signalingServer })
  for (const key of badKeys) throwsCode(() => group.join(key as string), 'BAD_KEY')
  assert.equal(group.state, WebGroupState.LEFT)
  assert.equal(group.key, '')
})

test('keys of 1 and of 512 characters, of whatever characters, are keys', async () => {
  const stage = await Stage.begin()
  try {
    for (const key of ['x', 'é'.repeat(512), '\u{1f600}'.repeat(256), ' ', '\0', '../..?#%', '\ud800']) {
      const group = stage.group()
      const joining = group.join(key)
      assert.equal(group.key, key)
      await soon(joining, `the join of ${key}`)
      assert.equal(group.state, WebGroupState.JOINED)
    }
  } finally {
    await stage.end()
  }
})

test('sending in LEFT, and inviting, throws BAD_STATE', () => {
  const group = new WebGroup({ signalingServer })
  throwsCode(() => group.send('hello'), 'BAD_STATE')
  throwsCode(() => group.sendTo(1, 'hello'), 'BAD_STATE')
  throwsCode(() => group.invite('ws://bot.example'), 'BAD_STATE')
})

const badData = [
  5,
  null,
  undefined,
  true,
  {},
  [1, 2],
  new Blob(['a']),
  new ArrayBuffer(2),
  new DataView(new ArrayBuffer(2)),
  new Uint16Array(2),
  new Uint8ClampedArray(2),
  new String('text'),
]

test('what is neither a string nor a Uint8Array is refused with BAD_DATA, in every state', async () => {
  const stage = await Stage.begin()
  try {
    const group = stage.group()
    const refused = () => {
      for (const data of badData as string[]) {
        throwsCode(() => group.send(data), 'BAD_DATA')
        throwsCode(() => group.sendTo(1, data), 'BAD_DATA')
      }
    }
    refused()
    const joining = group.join('a key')
    refused()
    await soon(joining, 'the join')
    refused()
  } finally {
    await stage.end()
  }
})

test('an id that is no member, 0, mine or no number is refused with BAD_ID', async () => {
  const stage = await Stage.begin()
  try {
    const [group] = await stage.members(1)
    assert.ok(group)
    const ids = [0, -1, 1.5, 2 ** 32, Number.NaN, group.myId, '5', null, undefined, {}]
    for (const id of ids as number[]) throwsCode(() => group.sendTo(id, 'hello'), 'BAD_ID')
  } finally {
    await stage.end()
  }
})

test('a NetfluxError is an Error with a name, a code and a message', () => {
  assert.throws(
    () => new WebGroup(),
    (error) =>
      error instanceof Error &&
      error instanceof NetfluxError &&
      error.name === 'NetfluxError' &&
      error.code === 'NO_SIGNALING_SERVER' &&
      error.id === undefined &&
      error.message.includes('signalingServer'),
  )
})

test('setLogLevel: silent by default, DEBUG tells everything, a category only its own', async (t: TestContext) => {
  const lines: string[] = []
  t.mock.method(console, 'log', (...words: unknown[]) => void lines.push(String(words[0])))
  t.after(() => setLogLevel())
  const stage = await Stage.begin()
  try {
    const life = async () => {
      lines.length = 0
      const group = stage.group()
      await soon(group.join('a key'), 'the join')
      group.leave()
      return [...new Set(lines)].sort()
    }
    assert.deepEqual(await life(), [])
    setLogLevel(LogLevel.SIGNALING)
    assert.deepEqual(await life(), ['netflux SIGNALING'])
    setLogLevel(LogLevel.WEB_GROUP, LogLevel.SIGNALING)
    assert.deepEqual(await life(), ['netflux SIGNALING', 'netflux WEB_GROUP'])
    setLogLevel(LogLevel.DEBUG)
    const all = await life()
    for (const level of ['WEB_GROUP', 'SIGNALING', 'CHANNEL', 'DEBUG'])
      assert.ok(all.includes(`netflux ${level}`))
    setLogLevel()
    assert.deepEqual(await life(), [])
  } finally {
    await stage.end()
  }
})

const { Bot } = node

test('a Bot without a server, or with wrong options, is refused with BAD_OPTION', () => {
  const server = createServer()
  const refused = (options: object) =>
    throwsCode(() => new Bot({ server, signalingServer, ...options }), 'BAD_OPTION')
  throwsCode(() => Reflect.construct(Bot, []), 'BAD_OPTION', /server/)
  for (const wrong of [undefined, null, {}, 'http://bot.example', 8000]) refused({ server: wrong })
  for (const wrong of [1, 'yes', null]) refused({ leaveOnceAlone: wrong })
  for (const wrong of [1, 'yes', null]) refused({ perMessageDeflate: wrong })
  for (const wrong of [true, null, {}]) refused({ accept: wrong })
  for (const wrong of [0, -1, Number.NaN, '3', null]) refused({ maxGroups: wrong })
  for (const wrong of [1, 'yes', null]) refused({ webGroupOptions: wrong })
  refused({ webGroupOptions: { topology: 5 } })
  refused({ topology: 5 })
  assert.equal(server.listenerCount('upgrade'), 0)
})

test('a Bot needs a signalingServer, beside the others or in webGroupOptions', () => {
  const server = createServer()
  throwsCode(() => new Bot({ server }), 'NO_SIGNALING_SERVER')
  throwsCode(() => new Bot({ server, signalingServer: 'http://sigver.example' }), 'BAD_URL')
  throwsCode(() => new Bot({ server, webGroupOptions: { signalingServer: 'nowhere' } }), 'BAD_URL')
  new Bot({ server, signalingServer })
  new Bot({ server, webGroupOptions: { signalingServer } })
})

test("a bot's url that others could not dial is refused with BAD_URL", () => {
  const server = createServer()
  for (const url of [...wrongUrls, 'ws://user:secret@bot.example', `ws://bot.example/${'x'.repeat(512)}`])
    throwsCode(() => new Bot({ server, signalingServer, url: url as string }), 'BAD_URL')
})

test('the properties of a Bot: what was given, or the defaults of the manual', () => {
  const server = createServer()
  const bot = new Bot({ server, signalingServer })
  assert.equal(bot.server, server)
  assert.equal(bot.url, '')
  assert.equal(bot.leaveOnceAlone, true)
  assert.equal(bot.perMessageDeflate, false)
  assert.ok(bot.webGroups instanceof Map)
  assert.equal(bot.webGroups.size, 0)
  for (const name of ['onWebGroup', 'onError'] as const) {
    assert.equal(bot[name], undefined)
    const handler = () => {}
    bot[name] = handler
    assert.equal(bot[name], handler)
    bot[name] = 'nothing' as unknown as undefined
    assert.equal(bot[name], undefined)
  }
  const url = 'wss://bot.example:443'
  const other = new Bot({ server, signalingServer, url, leaveOnceAlone: false, perMessageDeflate: true })
  assert.deepEqual([other.url, other.leaveOnceAlone, other.perMessageDeflate], [url, false, true])
})
