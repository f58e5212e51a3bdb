// No bytes from the network make the core throw, lie about limits or take more memory than they are worth:
// the decoders, the lobby, and a whole group that a proven member sends anything. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import type { Input, Output } from '../../src/core/contract.js'
import { Graph } from '../../src/core/graph.js'
import { Group } from '../../src/core/group.js'
import { limits } from '../../src/core/limits.js'
import { makeHello, newLink } from '../../src/core/link.js'
import { Lobby } from '../../src/core/lobby.js'
import { Unpacker } from '../../src/core/message.js'
import { type NegotiationMessage, seal, unseal } from '../../src/core/sealing.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { type Announcement, decodeFrame, encodeFrame, type Frame, type Hello } from '../../src/core/wire.js'

const ordinary = { noNullPrototype: true }
const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const incarnation = bytesOf(8).map(hex)
const anyId = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 0xffffffff }))
const linkName = fc.record({ dialer: uint32, attempt: uint32 }, ordinary)

const anyHello: fc.Arbitrary<Hello> = fc.record(
  {
    versionMin: fc.nat(3),
    versionMax: fc.nat(3),
    topic: bytesOf(32),
    id: anyId,
    incarnation,
    peerId: fc.constant(0),
    peerIncarnation: fc.constant(''),
    nonce: bytesOf(16),
    proof: bytesOf(32),
    name: linkName,
    url: fc.string({ maxLength: limits.url }),
    held: fc.array(linkName, { maxLength: 8 }),
    key: fc.string({ maxLength: 40 }),
  },
  ordinary,
)

const anyAnnouncement: fc.Arbitrary<Announcement> = fc.record(
  {
    id: anyId,
    incarnation,
    version: uint32,
    neighbors: fc.array(anyId, { maxLength: 12 }),
    url: fc.oneof(fc.constant(''), fc.constant('ws://10.0.0.1/'), fc.string({ maxLength: 60 })),
    rtc: fc.boolean(),
  },
  ordinary,
)

/** `incarnations`: those that a target would believe. */
const framesTo = (incarnations: fc.Arbitrary<string>, tags: fc.Arbitrary<number>): fc.Arbitrary<Frame> => {
  const type = <Type extends Frame['type']>(name: Type) => ({ type: fc.constant(name) })
  const counts = { number: fc.oneof(fc.nat(5), uint32), ack: fc.oneof(fc.nat(5), uint32), bulkAck: uint32 }
  return fc.oneof(
    fc.record({ ...type('challenge'), version: uint32, nonce: bytesOf(16) }, ordinary),
    fc.record({ ...type('hello'), hello: anyHello }, ordinary),
    fc.record({ ...type('announcements'), members: fc.array(anyAnnouncement, { maxLength: 20 }) }, ordinary),
    fc.record(
      {
        ...type('open'),
        tag: fc.integer({ min: 1, max: 5 }),
        peerTag: tags,
        incarnation,
        peerIncarnation: incarnations,
        isOpen: fc.boolean(),
      },
      ordinary,
    ),
    fc.record({ ...type('data'), tag: tags, bulk: fc.boolean(), ...counts }, ordinary),
    fc.record({ ...type('ack'), tag: tags, ack: counts.ack, bulkAck: uint32, gap: fc.boolean() }, ordinary),
    fc.record({ ...type('reset'), tag: tags }, ordinary),
    fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), number: uint32 }, ordinary),
    fc.constant<Frame>({ type: 'signal' }),
  )
}
const anyFrame = framesTo(incarnation, uint32)
const anyRoute = fc.oneof(
  fc.constant({ from: 0, to: 0, hops: 0 }),
  fc.record({ from: anyId, to: anyId, hops: fc.nat(limits.hops) }, ordinary),
)

/** Some bytes changed, removed or put in. */
const mutation = fc.array(
  fc.record({ at: fc.nat(), kind: fc.constantFrom('change', 'remove', 'insert', 'cut'), byte: fc.nat(255) }),
  { minLength: 1, maxLength: 6 },
)
function mutate(bytes: Uint8Array, steps: { at: number; kind: string; byte: number }[]): Uint8Array {
  let mutated = [...bytes]
  for (const { at, kind, byte } of steps) {
    const position = at % (mutated.length + 1)
    if (kind === 'change') mutated[position] = byte
    else if (kind === 'remove') mutated.splice(position, 1)
    else if (kind === 'insert') mutated.splice(position, 0, byte)
    else mutated = mutated.slice(0, position)
  }
  return Uint8Array.from(mutated)
}

// ---- frames

function assertWithinLimits(bytes: Uint8Array): void {
  const envelope = decodeFrame(bytes)
  if (!envelope) return
  const { frame, payload, from, to, hops } = envelope
  assert.ok(bytes.length <= limits.frame && payload.length < bytes.length)
  assert.ok((from === 0) === (to === 0) && hops <= limits.hops)
  if (frame.type === 'challenge') assert.equal(frame.nonce.length, 16)
  if (frame.type === 'announcements') {
    assert.ok(frame.members.length <= limits.members)
    for (const { id, incarnation, neighbors, url } of frame.members)
      assert.ok(
        id > 0 && incarnation.length === 16 && neighbors.length <= limits.members && url.length <= limits.url,
      )
  }
  if (frame.type !== 'hello') return
  const { id, topic, nonce, proof, url, key, held, peerId, peerIncarnation } = frame.hello
  assert.ok(id > 0)
  assert.deepEqual([topic.length, nonce.length, proof.length], [32, 16, 32])
  assert.ok(url.length <= limits.url && key.length <= limits.keyLength && held.length <= 8)
  assert.equal(peerIncarnation.length, peerId === 0 ? 0 : 16)
}

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      ArrayBuffer.isView(part) ? [...(part as Uint8Array)] : part,
    ),
  )

test('every frame comes back as it was, with its route and what follows it', () => {
  fc.assert(
    fc.property(anyFrame, anyRoute, fc.uint8Array({ maxLength: 100 }), (frame, route, payload) => {
      const envelope = decodeFrame(encodeFrame(frame, route, payload))
      assert.deepEqual(plain(envelope), plain({ ...route, frame, payload }))
    }),
  )
})

test('random bytes are no frame that breaks a limit, and never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), assertWithinLimits), { numRuns: 5_000 })
})

test('a frame with some bytes changed breaks no limit and never throws', () => {
  fc.assert(
    fc.property(anyFrame, anyRoute, mutation, (frame, route, steps) =>
      assertWithinLimits(mutate(encodeFrame(frame, route), steps)),
    ),
    { numRuns: 3_000 },
  )
})

test('a frame above limits.frame is none, whatever it says', () => {
  const rest = limits.frame - encodeFrame({ type: 'signal' }).length
  assert.ok(decodeFrame(encodeFrame({ type: 'signal' }, undefined, new Uint8Array(rest))))
  assert.equal(decodeFrame(encodeFrame({ type: 'signal' }, undefined, new Uint8Array(rest + 1))), undefined)
})

test('decoding takes memory in proportion to the bytes, whatever they repeat', () => {
  const parts = [
    '',
    '2200',
    '2a00',
    '32020a00',
    '0a00',
    '12021200',
    '6a026200',
    '0d00000000',
    '32040a022200',
    '2a026200',
  ]
  for (const part of parts) {
    const body = Buffer.alloc(limits.frame - 4, part === '' ? 0 : Buffer.from(part, 'hex'))
    const hostile = Buffer.concat([
      Uint8Array.of((body.length & 127) | 128, ((body.length >> 7) & 127) | 128, body.length >> 14),
      body,
    ])
    decodeFrame(hostile)
    const before = process.memoryUsage().heapUsed
    decodeFrame(hostile)
    // A collection in between can only hide what was taken, never add to it.
    const taken = process.memoryUsage().heapUsed - before
    assert.ok(taken < 200 * limits.frame, `${part}: ${taken} bytes`)
  }
})

// ---- sealed negotiations

const secrets = deriveSecrets('the key')
const side = {
  known: true,
  url: 'wss://bot.example/',
  rtc: true,
  triedWebSocket: false,
  triedRtc: false,
  reason: 'none',
}
const negotiation: NegotiationMessage = {
  incarnation: '0000000000000001',
  peerIncarnation: '0000000000000002',
  attempt: 3,
  fromInitiator: true,
  sides: { initiator: side, responder: side },
  step: { type: 'candidates', link: 4, dialer: 5, candidates: ['{"candidate":"x"}', ''] },
}

test('no changed or random bytes have a good seal', () => {
  const sealed = seal(secrets.seal, new Uint8Array(24).fill(9), 1, 2, negotiation)
  assert.deepEqual(unseal(secrets.seal, 1, 2, sealed), negotiation)
  fc.assert(
    fc.property(mutation, (steps) => {
      const mutated = mutate(sealed, steps)
      const isSame = Buffer.from(mutated).equals(sealed)
      assert.equal(unseal(secrets.seal, 1, 2, mutated) !== undefined, isSame)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      assert.equal(unseal(secrets.seal, 1, 2, noise), undefined)
    }),
  )
})

function assertNegotiation(text: Uint8Array): void {
  const nonce = new Uint8Array(24)
  const sealed = xchacha20poly1305(secrets.seal, nonce, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)).encrypt(text)
  const message = unseal(secrets.seal, 1, 2, Buffer.concat([nonce, sealed]))
  if (!message) return
  for (const { url, reason } of Object.values(message.sides))
    assert.ok(url.length <= limits.url && reason.length <= 200)
  const { step } = message
  if ('sdp' in step) assert.ok(step.sdp.length <= limits.sdp)
  if (step.type !== 'candidates') return
  assert.ok(step.candidates.length <= limits.candidates)
  for (const candidate of step.candidates) assert.ok(candidate.length <= limits.candidate)
}

test('what someone who knows the key seals breaks no limit and never throws', () => {
  const nonce = new Uint8Array(24)
  const sealed = seal(secrets.seal, nonce, 1, 2, negotiation)
  const text = xchacha20poly1305(secrets.seal, nonce, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)).decrypt(
    sealed.subarray(24),
  )
  fc.assert(
    fc.property(mutation, (steps) => assertNegotiation(mutate(text, steps))),
    { numRuns: 1_000 },
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), assertNegotiation), { numRuns: 1_000 })
})

// ---- blocks

test('random blocks never make an Unpacker throw, give more than came, or keep more than that', () => {
  const block = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // A kind that begins something large, then anything.
    fc
      .tuple(fc.constantFrom(2, 3, 10, 19), fc.uint8Array({ maxLength: 20 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest)),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
      const unpacker = new Unpacker(limits.messageSize)
      let came = 0
      for (const bytes of blocks) {
        came += bytes.length
        for (const record of unpacker.read(bytes) ?? [])
          // Bytes that are no UTF-8 become U+FFFD one by one.
          if (record.type === 'message') assert.ok(record.data.length <= came)
      }
      const kept = Object.values(unpacker).find((value) => value instanceof Uint8Array)
      assert.ok((kept?.length ?? 0) <= 2 * came)
    }),
    { numRuns: 2_000 },
  )
})

// ---- the lobby

const LOBBY_INPUTS: fc.Arbitrary<Input> = fc.oneof(
  fc.record(
    {
      on: fc.constant('accepted' as const),
      channel: fc.integer({ min: -40, max: -1 }),
      path: fc.constant('/'),
      address: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', ''),
    },
    ordinary,
  ),
  fc.record(
    {
      on: fc.constant('received' as const),
      channel: fc.integer({ min: -40, max: -1 }),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        anyFrame.map((frame) => encodeFrame(frame)),
        fc.constant(new Uint8Array(limits.hello + 1)),
      ),
    },
    ordinary,
  ),
  fc
    .integer({ min: -40, max: -1 })
    .map((channel) => ({ on: 'closed' as const, channel, code: 1006, reason: '' })),
  fc
    .integer({ min: -40, max: 40 })
    .map((channel) => ({ on: 'timer' as const, timer: `handshake/${channel}` as const })),
  fc.constant<Input>({ on: 'leave' }),
)

test('whatever strangers do, the lobby never throws, and each of them is handed over or closed at most once', () => {
  fc.assert(
    fc.property(fc.array(LOBBY_INPUTS, { maxLength: 120, size: 'max' }), (inputs) => {
      const lobby = new Lobby((count) => new Uint8Array(count).fill(3))
      const strangers = new Set<number>()
      const timers = new Set<string>()
      for (const input of inputs) {
        if (input.on === 'accepted' && strangers.has(input.channel)) continue
        if (input.on === 'accepted') strangers.add(input.channel)
        if (input.on === 'closed') strangers.delete(input.channel)
        for (const output of lobby.handle(input, 0)) {
          if (output.do === 'timer' && output.at === undefined) timers.delete(output.timer)
          else if (output.do === 'timer') timers.add(output.timer)
          if (output.do !== 'close' && output.do !== 'hand-over') continue
          assert.ok(strangers.delete(output.channel), 'it was there')
          if (output.do === 'hand-over') assert.equal(output.key, undefined, 'nobody here knows a key')
        }
      }
      assert.equal(
        timers.size,
        strangers.size,
        'each stranger has a deadline, and nothing is left of the others',
      )
    }),
  )
})

// ---- a whole group

/** A group like a bot's, with one member that has proven itself. */
class Target {
  readonly group: Group
  readonly channel = -1
  readonly me = { id: 3, incarnation: '0000000000000029', secrets }
  /** What it said to that member. */
  readonly said: Frame[] = []
  incarnation = ''
  private now = 1
  private seed = 1

  constructor() {
    this.group = new Group({
      capabilities: { webSocket: true, rtc: true },
      signalingServer: 'wss://sigver.example/',
      url: 'wss://bot.example/',
      favored: true,
      maxMessageSize: 100_000,
      maxBacklog: limits.backlog,
      random: (count) => Uint8Array.from({ length: count }, () => ++this.seed % 251),
    })
    this.handle({ on: 'join', key: 'the key' })
    const nonce = new Uint8Array(16)
    const link = newLink({
      channel: 1,
      kind: 'websocket',
      role: 'dialer',
      name: { dialer: this.me.id, attempt: 1 },
      url: '',
      peer: undefined,
      deadline: 0,
      invitation: 1,
    })
    const hello = encodeFrame({ type: 'hello', hello: makeHello(this.me, link, nonce, nonce, 'the key') })
    this.handle({ on: 'adopted', channel: this.channel, nonce, hello })
    const answer = this.said.find((frame) => frame.type === 'hello')
    assert.ok(answer?.type === 'hello', 'it answers the hello')
    this.incarnation = answer.hello.incarnation
    const member = { id: 3, incarnation: this.me.incarnation, version: 1, neighbors: [this.group.myId] }
    this.receive({ type: 'announcements', members: [{ ...member, url: '', rtc: true }] })
  }

  receive(frame: Frame, from = 0): readonly Output[] {
    const route = { from, to: from === 0 ? 0 : this.group.myId, hops: 0 }
    return this.handle({ on: 'received', channel: this.channel, bytes: encodeFrame(frame, route) })
  }

  /** Outputs of one input, after some time. */
  handle(input: Input, later = 0): readonly Output[] {
    this.now += later
    const outputs = this.group.handle(input, this.now)
    for (const output of outputs) {
      const frame =
        output.do === 'send' && output.channel === this.channel ? decodeFrame(output.bytes)?.frame : undefined
      if (frame) this.said.push(frame)
    }
    return outputs
  }

  /** The tag that it gave to whoever it last opened a session with. */
  get lastTag(): number {
    const opens = this.said.flatMap((frame) => (frame.type === 'open' ? [frame.tag] : []))
    return opens.at(-1) ?? 0
  }
}

/** What a member would send who knows the target's incarnation and tags: the same in each run, as its seed is. */
function insider(): { readonly frames: fc.Arbitrary<Frame>; readonly ids: fc.Arbitrary<number> } {
  const target = new Target()
  assert.notEqual(target.lastTag, 0, 'the target opens a session')
  return {
    frames: framesTo(fc.constant(target.incarnation), fc.constantFrom(1, 2, target.lastTag)),
    ids: fc.oneof(anyId, fc.constantFrom(3, target.group.myId)),
  }
}

const { frames: insiderFrames, ids: insiderIds } = insider()
const insiderStep = fc.record({
  frame: insiderFrames,
  route: fc.oneof(
    fc.constant({ from: 0, to: 0, hops: 0 }),
    fc.record({ from: insiderIds, to: insiderIds, hops: fc.nat(limits.hops) }, ordinary),
  ),
  payload: fc.uint8Array({ maxLength: 60 }),
  later: fc.oneof(fc.constant(0), fc.nat(10_000)),
  timer: fc.constantFrom('', 'tick/1', 'ack/1', 'announce/1', 'claim', 'heartbeat'),
})

test('a proven member that sends any frames at all never makes a group throw, and grows nothing without bound', () => {
  fc.assert(
    fc.property(fc.array(insiderStep, { maxLength: 100, size: 'max' }), (steps) => {
      const target = new Target()
      for (const { frame, route, payload, later, timer } of steps) {
        const bytes = encodeFrame(frame, route, payload)
        const outputs = target.handle({ on: 'received', channel: target.channel, bytes }, later)
        assert.ok(outputs.length < 200, `${outputs.length} outputs`)
        if (timer !== '') target.handle({ on: 'timer', timer: timer as 'claim' })
        if (target.group.key !== '') target.group.whyNotSend(undefined, 10)
        assert.ok(target.group.members.length <= limits.members + 1)
      }
      target.handle({ on: 'leave' })
      target.handle({ on: 'timer', timer: 'farewell/1' }, limits.farewell)
    }),
    { numRuns: 300 },
  )
})

test('a proven member that sends mutated frames loses its link at the worst', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(insiderStep, mutation), { maxLength: 40 }), (steps) => {
      const target = new Target()
      for (const [{ frame, route, payload, later }, mutations] of steps) {
        const bytes = mutate(encodeFrame(frame, route, payload), mutations)
        target.handle({ on: 'received', channel: target.channel, bytes }, later)
      }
    }),
    { numRuns: 300 },
  )
})

test('a proven member that opens sessions in the name of thousands fills nobody’s view', () => {
  const target = new Target()
  const { incarnation } = target.me
  const open = { type: 'open', tag: 1, incarnation, peerIncarnation: target.incarnation } as const
  target.receive({ ...open, peerTag: target.lastTag, isOpen: true })
  assert.deepEqual(target.group.members, [target.group.myId, 3], 'a session opens as it should')
  for (let from = 1_000; from < 4_000; from++) {
    target.said.length = 0
    target.receive({ ...open, peerTag: 0, isOpen: false }, from)
    target.receive({ ...open, peerTag: target.lastTag, isOpen: true }, from)
  }
  assert.ok(target.group.members.length <= limits.members + 1, `${target.group.members.length} members`)
})

test('of goodbyes only so many are remembered, the latest', () => {
  const graph = new Graph(1)
  const name = (i: number) => i.toString(16).padStart(16, '0')
  for (let i = 1; i <= 100 * limits.members; i++) graph.depart(i, name(i), i)
  const remembered = Array.from({ length: 100 * limits.members }, (_, i) => graph.hasDeparted(name(i + 1)))
  assert.ok(remembered.at(-1) && remembered.at(-limits.members))
  assert.ok(remembered.filter(Boolean).length <= 4 * limits.members)
})
