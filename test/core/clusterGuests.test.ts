// Peers whose sockets one instance of Sigver holds, and whose room is at another one: what each tells the other of them,
// and what neither believes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes } from '../../src/core/closeCodes.js'
import { Writer } from '../../src/core/bytes.js'
import { decodeToInstance, encodeToInstance, type Part, writePart } from '../../src/core/clusterWire.js'
import * as limits from '../../src/core/limits.js'
import { encodeToPeer } from '../../src/core/signalingWire.js'
import { ClusterStage, type Instance } from './clusterStage.js'
import { TOPIC } from './roomsStage.js'

/** A topic that this instance owns among those of this stage. */
function topicAt(stage: ClusterStage, owner: string): string {
  const [first] = stage.instances
  for (let i = 0; i < 100; i++) {
    const topic = `topic_${String(i).padStart(4, '0')}${TOPIC.slice(10)}`
    first?.enter(999, { topic })
    stage.deliver()
    const { name } = stage.ownerOf(topic)
    first?.leave(999)
    stage.deliver()
    if (name === owner) return topic
  }
  return assert.fail(`${owner} owns nothing`)
}

/** `a` owns the topic and holds peer 1, `b` holds peer 2. */
function two(...more: readonly string[]) {
  const stage = new ClusterStage(['a', 'b', ...more])
  const [a, b] = stage.instances
  assert.ok(a && b)
  const topic = topicAt(stage, 'a')
  a.enter(1, { topic })
  stage.deliver()
  b.enter(2, { topic })
  stage.deliver()
  assert.deepEqual([a.heard(1), b.heard(2)], [['connected'], ['introduction 1']])
  return { stage, a, b, topic }
}

/** What `from` might say to `to` next. `session` undefined: with the right one. */
function batch(stage: ClusterStage, from: string, to: string, part: Part, session?: Uint8Array) {
  const batches = stage.said
    .filter((message) => message.from === from && message.to === to)
    .map(({ bytes }) => decodeToInstance(bytes))
    .flatMap((message) => (message?.type === 'batch' ? [message] : []))
  const last = batches.at(-1) ?? assert.fail('nothing was said')
  const parts = new Writer()
  writePart(parts, part)
  const next = {
    ...last,
    number: last.number + 1,
    session: session ?? last.session,
    parts: parts.written,
  }
  return { from, to, bytes: encodeToInstance(next) }
}

const seatOf = (instance: Instance, id: number) => -instance.channelOf(id)

test('the owner of a room hears whose socket closed elsewhere', () => {
  const { stage, a, b } = two()
  b.leave(2)
  stage.deliver()
  assert.deepEqual(a.heard(1), ['gone 2'])
})

test('whom the owner of a room does not want is sent away where its socket is', () => {
  const { stage, b, topic } = two()
  b.enter(1, { topic, life: 1 })
  stage.deliver()
  assert.deepEqual(b.heard(1), ['closed: idTaken'])
})

test('who was asleep is introduced anew, wherever its socket is', () => {
  const { stage, b } = two()
  b.unreachable(2, 1)
  stage.deliver()
  assert.deepEqual(b.heard(2), ['connected'])
  stage.pass(limits.absence)
  b.say(2, { type: 'ping' })
  stage.deliver()
  b.heard(2)
  stage.pass(2 * limits.sweep)
  assert.deepEqual(b.heard(2), ['introduction 1'])
})

test('an instance that begins seats nobody before it can have heard of all others', () => {
  const stage = new ClusterStage(['a'])
  const b = stage.start('b')
  b.enter(1)
  stage.pass(limits.instanceGreeting - 50)
  assert.deepEqual(b.heard(1), [])
  stage.pass(limits.instanceGreeting + 2 * limits.beat)
  assert.deepEqual(b.heard(1), ['connected'])
})

test('who had its socket at an instance that died is gone, and its id is free', () => {
  const { stage, a, b, topic } = two()
  stage.kill(b)
  stage.pass(limits.instanceSilence + 2 * limits.beat)
  assert.deepEqual(a.heard(1), ['gone 2'])
  a.enter(2, { topic, life: 1 })
  stage.deliver()
  assert.deepEqual(a.heard(2), ['introduction 1'])
})

test('an instance is dead when it says nothing new, whoever repeats what it said', () => {
  const { stage, a, b } = two()
  const beats = stage.said.filter(({ from, to }) => from === 'b' && to === undefined)
  stage.kill(b)
  for (let passed = 0; passed < limits.instanceSilence + 2 * limits.beat; passed += limits.beat) {
    stage.pass(limits.beat)
    for (const beat of beats) stage.say(beat)
  }
  assert.deepEqual(a.heard(1), ['gone 2'])
})

test('what is said once is heard once, though it comes again', () => {
  const { stage, a, b } = two()
  b.relay(2, 1, 'an offer')
  stage.deliver()
  const last = stage.said.filter(({ from, to }) => from === 'b' && to === 'a').at(-1)
  assert.ok(last)
  stage.say(last)
  assert.deepEqual(a.heard(1), ['relay from 2: an offer'])
})

test('whose goodbye was lost is gone as soon as something else is said', () => {
  const { stage, a, b, topic } = two()
  b.enter(3, { topic })
  stage.deliver()
  stage.loses = () => true
  b.leave(2)
  stage.deliver()
  stage.loses = () => false
  b.claim(3, [])
  stage.pass(limits.beat)
  assert.deepEqual(a.heard(1), ['gone 2'])
})

test('who is seated at another instance is not gone for the others', () => {
  const topic = topicAt(new ClusterStage(['a', 'b']), 'b')
  const stage = new ClusterStage(['a'])
  const [a] = stage.instances
  assert.ok(a)
  for (const id of [1, 2, 3]) a.enter(id, { topic })
  a.link(1, 2, 3)
  stage.pass(1_000)
  for (const id of [1, 2, 3]) a.heard(id)
  const b = stage.start('b')
  stage.pass(1_000)
  assert.equal(stage.ownerOf(topic), b)
  const heard = [1, 2, 3].flatMap((id) => a.heard(id))
  assert.deepEqual(
    heard.filter((word) => word !== 'connected'),
    [],
  )
})

test('only the owner of its room sends a peer away', () => {
  const { stage, b } = two('c')
  const part = { kind: 'dismissed', seat: seatOf(b, 2), code: closeCodes.idTaken } as const
  stage.say(batch(stage, 'c', 'b', part))
  assert.ok(b.isOpen(2))
  stage.say(batch(stage, 'a', 'b', part))
  assert.ok(!b.isOpen(2))
})

test('what was said to an instance before it was started anew is not for it', () => {
  const { stage, b } = two()
  const part = { kind: 'told', seat: seatOf(b, 2), frame: encodeToPeer({ type: 'connected' }) } as const
  stage.say(batch(stage, 'a', 'b', part, new Uint8Array(16)))
  assert.deepEqual(b.heard(2), [])
  stage.say(batch(stage, 'a', 'b', part))
  assert.deepEqual(b.heard(2), ['connected'])
})

test('whom nobody could hear without a bus has its time to speak when it is back', () => {
  const { stage, a, b } = two()
  a.bus(false)
  b.bus(false)
  stage.pass(2 * limits.instanceSilence)
  a.bus(true)
  stage.pass(limits.instanceSilence - limits.beat)
  assert.deepEqual(a.heard(1), [])
  b.bus(true)
  stage.pass(2 * limits.instanceSilence)
  assert.ok(!a.heard(1).includes('gone 2'))
})
