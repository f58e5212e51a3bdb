// What the network may do to a group: bots that are none, a Sigver that is none, and peers that send anything at all.
// Each ends in a coded error, and a healthy group beside it goes on talking.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { makeHello, newLink } from '../../src/core/link.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeFrame, encodeFrame, type Frame } from '../../src/core/wire.js'
import type { ErrorCode } from '../../src/core/errors.js'
import { type Bot, type WebGroup, WebGroupState } from '../../src/index.node.js'
import { deadUrl, listen, onStage, rejectsCode, soon, type Stage, until, urlOf } from './apiStage.js'

/** Reported to this group so far. */
function codesOf(group: WebGroup): ErrorCode[] {
  const codes: ErrorCode[] = []
  group.error$.subscribe((error) => codes.push(error.code))
  return codes
}

/** A WebSocket server that does this with whoever connects. */
async function webSocketServer(stage: Stage, onSocket: (socket: WebSocket) => void): Promise<string> {
  const server = createServer()
  await listen(server)
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  stage.atEnd(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    server.close()
  })
  return urlOf(server)
}

async function assertTalking(members: readonly WebGroup[]): Promise<void> {
  const [speaker, ...others] = members
  assert.ok(speaker)
  const heard = others.map((member) => new Promise<void>((resolve) => (member.onMessage = () => resolve())))
  void speaker.send('still here')
  await soon(Promise.all(heard), 'a message to everyone')
}

// ---- invitations

const noBots: readonly [string, (stage: Stage) => Promise<string>, ErrorCode][] = [
  ['a dead host', () => deadUrl(), 'INVITE_FAILED'],
  ['a web server that is no bot', async (stage) => urlOf(await stage.http()), 'INVITE_FAILED'],
  ['a WebSocket server that says nothing', (stage) => webSocketServer(stage, () => {}), 'INVITE_FAILED'],
  [
    'a WebSocket server that talks text',
    (stage) => webSocketServer(stage, (socket) => socket.send('hi')),
    'INVITE_FAILED',
  ],
  [
    'a WebSocket server that talks garbage',
    (stage) => webSocketServer(stage, (socket) => socket.send(Uint8Array.of(1, 2, 3))),
    'INVITE_FAILED',
  ],
  ['a bot that refuses', async (stage) => (await stage.bot({ accept: () => false })).url, 'INVITE_REFUSED'],
]
for (const [name, begin, code] of noBots)
  test(
    `inviting ${name} rejects with ${code}, which onError is told too, and nothing else happens`,
    onStage(async (stage) => {
      const members = await stage.members(2)
      const [inviter] = members
      assert.ok(inviter)
      const codes = codesOf(inviter)
      await rejectsCode(inviter.invite(await begin(stage)), code)
      assert.deepEqual(codes, [code])
      await assertTalking(members)
    }),
  )

test(
  'a WebSocket server that is no bot is never given the key',
  onStage(async (stage) => {
    const heard: string[] = []
    const url = await webSocketServer(stage, (socket) => {
      socket.on('message', (data) => heard.push(String(data)))
      socket.send('who are you?')
    })
    const [group] = await stage.members(1, 'a very secret key')
    assert.ok(group)
    await rejectsCode(group.invite(url), 'INVITE_FAILED')
    assert.ok(!heard.join().includes('a very secret key'))
  }),
)

// ---- Sigver

test(
  'a Sigver that refuses is told with SIGNALING_REFUSED, and not tried again',
  onStage(async (stage) => {
    let connections = 0
    const url = await webSocketServer(stage, (socket) => {
      connections++
      socket.close(closeCodes.refused, 'not you')
    })
    const group = stage.group({ signalingServer: url })
    const codes = codesOf(group)
    await soon(group.join('a key'), 'the end of joining')
    assert.equal(group.state, WebGroupState.LEFT)
    assert.deepEqual(codes, ['SIGNALING_REFUSED'])
    assert.equal(connections, 1)
  }),
)

for (const [name, answer] of [
  ['bytes', Uint8Array.of(255, 254, 253)],
  ['text', 'hello'],
] as const)
  test(
    `a Sigver that answers with ${name} is told with a code, and tried again`,
    onStage(async (stage) => {
      let connections = 0
      const url = await webSocketServer(stage, (socket) => {
        connections++
        socket.send(answer)
      })
      const group = stage.group({ signalingServer: url })
      const codes = codesOf(group)
      void group.join('a key')
      await until(() => connections > 1, 'a second try')
      assert.deepEqual(codes, ['SIGNALING_GARBAGE'])
      assert.equal(group.state, WebGroupState.JOINING)
    }),
  )

// ---- peers

/** Speaks the protocol of members as far as a test wants it to, and then anything. */
class Client {
  readonly frames: Frame[] = []
  closedWith: number | undefined
  private constructor(
    private readonly socket: WebSocket,
    private readonly url: string,
  ) {
    socket.binaryType = 'nodebuffer'
    socket.on('error', () => {})
    socket.on('close', (code) => (this.closedWith = code))
    socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(Uint8Array.from(data))?.frame
      if (frame) this.frames.push(frame)
    })
  }

  static async connect(url: string): Promise<Client> {
    const socket = new WebSocket(url)
    const client = new Client(socket, url)
    await soon(new Promise((resolve) => socket.once('open', resolve)), 'the bot to accept')
    await until(() => client.frames.some((frame) => frame.type === 'challenge'), 'a challenge')
    return client
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes)
  }

  /** Proves itself as a member of the group of this key. */
  async greet(key: string): Promise<void> {
    const challenge = this.frames.find((frame) => frame.type === 'challenge')
    assert.ok(challenge?.type === 'challenge')
    const me = { id: 666, incarnation: '00000000000029a0', secrets: deriveSecrets(key) }
    const link = newLink({
      channel: 1,
      kind: 'websocket',
      role: 'dialer',
      name: { dialer: me.id, attempt: 1 },
      url: this.url,
      peer: undefined,
      deadline: 0,
      invitation: 1,
    })
    const hello = makeHello(me, link, new Uint8Array(16), Uint8Array.from(challenge.nonce), key)
    this.send(encodeFrame({ type: 'hello', hello }))
    await until(() => this.frames.some((frame) => frame.type === 'hello'), 'the hello of the bot')
  }
}

/** Two members and a bot of one group. */
async function groupWithBot(stage: Stage): Promise<{ members: WebGroup[]; bot: Bot; group: WebGroup }> {
  const members = await stage.members(2, 'a key')
  const bot = await stage.bot()
  await soon(members[0]?.invite(bot.url) ?? Promise.reject(new Error('nobody')), 'the bot to come')
  const [group] = bot.webGroups.values()
  assert.ok(group)
  await until(() => group.members.length === 3, 'the bot to see everyone')
  return { members: [group, ...members], bot, group }
}

const large = new Uint8Array(limits.payload + 1)
const before: readonly [string, Uint8Array][] = [
  ['random bytes', Uint8Array.from({ length: 300 }, (_, i) => (i * 73 + 5) % 256)],
  ['nothing', new Uint8Array(0)],
  ['a frame of members', encodeFrame({ type: 'announcements', members: [] })],
  ['more than a hello', new Uint8Array(limits.hello + 1)],
  ['more than any frame', large],
]
for (const [name, bytes] of before)
  test(
    `a stranger that sends ${name} to a bot is cut off, and its groups go on`,
    onStage(async (stage) => {
      const { members, bot } = await groupWithBot(stage)
      const client = await Client.connect(bot.url)
      client.send(bytes)
      await until(() => client.closedWith !== undefined, 'the end of the stranger')
      assert.equal(client.closedWith, name === 'more than any frame' ? 1009 : peerCloseCodes.garbage)
      await assertTalking(members)
    }),
  )

const whole = encodeFrame({ type: 'ping', number: 1_000_000, tag: 0 })
const after: readonly [string, Uint8Array][] = [
  ['random bytes', Uint8Array.from({ length: 300 }, (_, i) => (i * 73 + 5) % 256)],
  ['a truncated frame', whole.subarray(0, whole.length - 1)],
  ['a second hello', encodeFrame({ type: 'challenge', version: 1, nonce: new Uint8Array(16) })],
  ['an oversized frame', new Uint8Array(limits.frame + 1)],
]
for (const [name, bytes] of after)
  test(
    `a member that turns bad and sends ${name} loses its link with a coded error, and the others go on`,
    onStage(async (stage) => {
      const { members, bot, group } = await groupWithBot(stage)
      const codes = codesOf(group)
      const client = await Client.connect(bot.url)
      await client.greet('a key')
      client.send(bytes)
      await until(() => client.closedWith !== undefined, 'the end of its link')
      assert.deepEqual(codes, ['PEER_GARBAGE'])
      await assertTalking(members)
    }),
  )

test(
  'frames of a member that were never opened, or come in another order, are answered and disturb nobody',
  onStage(async (stage) => {
    const { members, bot } = await groupWithBot(stage)
    const client = await Client.connect(bot.url)
    await client.greet('a key')
    for (const number of [7, 3, 4_000_000_000])
      client.send(encodeFrame({ type: 'data', tag: 99, bulk: false, number, ack: 5, bulkAck: 5 }))
    await until(() => client.frames.some((frame) => frame.type === 'reset' && frame.tag === 99), 'a reset')
    assert.equal(client.closedWith, undefined)
    await assertTalking(members)
  }),
)
