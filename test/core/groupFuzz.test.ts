// A member that knows the key may send anything: the group does not throw, and nothing in it grows without bound.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Input, Output } from '../../src/core/contract.js'
import { Group } from '../../src/core/group.js'
import * as limits from '../../src/core/limits.js'
import { makeHello, newLink } from '../../src/core/link.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeFrame, encodeFrame, type Frame } from '../../src/core/wire.js'
import { anyId, framesTo, mutate, mutation, ordinary } from './anyFrame.js'

const secrets = deriveSecrets('the key')

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
      needsToken: false,
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
    frames: framesTo(
      fc.constant(target.incarnation),
      fc.constantFrom(1, 2, target.lastTag, (target.lastTag ^ 1) >>> 0, (target.lastTag ^ 2) >>> 0),
    ),
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
