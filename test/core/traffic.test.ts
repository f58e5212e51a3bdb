// Bounds and repairs of the traffic between two members that a model of what arrives does not see.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { decodeFrame } from '../../src/core/wire.js'
import { type End, SessionStage } from './sessionStage.js'

function openStage(): { stage: SessionStage; a: End; b: End } {
  const stage = new SessionStage()
  stage.settle(() => stage.isSettled)
  const [a, b] = stage.ends
  return { stage, a, b }
}

it('what a relay dropped is sent again as soon as something comes after it', () => {
  const { stage, a, b } = openStage()
  a.send('lost', true)
  a.traffic.outbox.turnEnded()
  a.path.underway.splice(0)
  a.send('not lost', true)
  stage.deliverAll()
  stage.deliverAll()
  assert.equal([...b.received.values()].flat().length, 2)
})

it('a channel is not filled far above its mark', () => {
  const { a } = openStage()
  for (let i = 0; i < 20; i++) a.send(new Uint8Array(100_000), true)
  assert.ok(a.path.linkTo().queued <= limits.channelHigh + limits.frame)
})

it('unordered messages leave room in the channel for those that shall pass them', () => {
  const { a } = openStage()
  for (let i = 0; i < 20; i++) a.send(new Uint8Array(100_000), false)
  assert.ok(a.path.linkTo().queued <= limits.channelBulk + limits.frame)
})

it('beside ordered messages little of unordered ones is on its way, until nobody has spoken for a while', () => {
  const { stage, a, b } = openStage()
  const onTheWay = () => a.session?.out.bulk.inFlight ?? 0
  a.send('typing', true)
  a.traffic.outbox.turnEnded()
  for (let i = 0; i < 60; i++) a.send(new Uint8Array(100_000).fill(i), false)
  for (let i = 0; i < 20; i++) {
    assert.ok(onTheWay() <= limits.besideWindow)
    a.path.linkTo().queued = 0
    stage.deliverAll()
    b.traffic.ackDue()
  }
  stage.now += limits.talk
  a.path.linkTo().queued = 0
  a.traffic.outbox.pumpAll()
  assert.ok(onTheWay() > limits.besideWindow)
})

it('sessions are bounded, whoever is said to be there', () => {
  const { a } = openStage()
  for (let id = 10; id < 20 + limits.members; id++) {
    const incarnation = id.toString(16).padStart(16, '0')
    a.traffic.meet({ id, incarnation })
    const frame = { tag: id, peerTag: 0, incarnation, peerIncarnation: a.me.incarnation, isOpen: false }
    a.traffic.onOpen(id, { type: 'open', ...frame })
  }
  assert.equal(a.traffic.sessions.size, limits.members)
})

it('who missed an acknowledgement gets another when it asks by sending again', () => {
  const { stage, a, b } = openStage()
  a.send('once', true)
  a.traffic.outbox.turnEnded()
  stage.deliver(a, 0)
  b.traffic.ackDue()
  b.path.underway.splice(0)
  stage.settle(() => stage.isSettled)
  assert.deepEqual(a.endings, [])
  assert.equal([...b.received.values()].flat().length, 1)
})

it('an answer acknowledges all that came before it', () => {
  const { stage, a, b } = openStage()
  a.send('question', true)
  stage.deliverAll()
  assert.ok(a.session?.hasUnacknowledged)
  b.send('answer', true)
  stage.deliverAll()
  assert.equal(a.session.hasUnacknowledged, false)
})

it('a broadcast goes to those who are in view when it is sent', () => {
  const { a, b } = openStage()
  a.traffic.meet({ id: 3, incarnation: '0000000000000003' })
  a.traffic.outbox.send('not to those who join later', undefined, true)
  a.traffic.outbox.turnEnded()
  assert.ok(a.traffic.sessions.get(b.me.id)?.hasUnacknowledged)
  assert.equal(a.traffic.sessions.get(3)?.hasUnacknowledged, false)
})

it('a reset ends the session that it names, and no later one', () => {
  const { a, b } = openStage()
  const tag = a.session?.name ?? 0
  a.traffic.onReset(b.me.id, tag + 100)
  assert.deepEqual(a.endings, [])
  a.traffic.onReset(b.me.id, tag)
  assert.deepEqual(a.endings, ['reset'])
})

it('a member in view keeps its id, whoever else has it', () => {
  const { a, b } = openStage()
  const { session } = a
  const frame = { tag: 99, peerTag: 0, peerIncarnation: a.me.incarnation, isOpen: false }
  a.traffic.onOpen(b.me.id, { type: 'open', ...frame, incarnation: '00000000000000ff' })
  assert.equal(a.session, session)
  assert.deepEqual(a.endings, [])
})

it('a member that takes nothing for long is given up', () => {
  const { stage, a } = openStage()
  a.send('nobody takes it', true)
  a.traffic.outbox.turnEnded()
  stage.pass(limits.stalled - limits.tick)
  assert.deepEqual(a.endings, [])
  stage.pass(4 * limits.tick)
  assert.deepEqual(a.endings, ['stalled'])
})

it('who may take nothing more gets it later', () => {
  const { stage, a, b } = openStage()
  b.traffic.isRefusing = true
  a.send('later', true)
  stage.deliverAll()
  assert.equal([...b.received.values()].flat().length, 0)
  b.traffic.isRefusing = false
  stage.settle(() => stage.isSettled)
  assert.equal([...b.received.values()].flat().length, 1)
})

it('what was sent in a session that its sender has forgotten comes in no later one', () => {
  const stage = new SessionStage()
  const [a, b] = stage.ends
  stage.deliver(a, 0)
  for (let i = 0; i < 2; i++) stage.deliver(b, 0)
  assert.deepEqual([a.session?.isOpen, b.session?.isOpen], [true, false])
  a.send('old', true)
  a.traffic.outbox.turnEnded()
  const late = a.path.underway.splice(0).at(-1)
  assert.ok(a.session && late)
  a.traffic.end(a.session, 'silent')
  stage.settle(() => stage.isSettled)
  b.receive(late)
  assert.deepEqual([...b.received.values()].flat(), [])
  assert.deepEqual(decodeFrame(b.path.underway.at(-1) ?? late)?.frame.type, 'reset')
})

it('a block that makes no sense ends its session', () => {
  const { a, b } = openStage()
  const tag = b.session?.name ?? 0
  const frame = { tag, bulk: false, number: 1, ack: 1, bulkAck: 1 }
  b.traffic.onData(a.me.id, { type: 'data', ...frame }, Uint8Array.of(7))
  assert.deepEqual(b.endings, ['garbage'])
})

it('a session opens, though its first frames are lost', () => {
  const stage = new SessionStage()
  for (const { path } of stage.ends) assert.equal(path.underway.splice(0).length, 1)
  stage.settle(() => stage.isSettled)
})

it('send() waits while a member has much to take, and for one that takes nothing not for long', () => {
  const { stage, a } = openStage()
  a.send(new Uint8Array(limits.roomHigh + 1), true)
  assert.equal(a.traffic.outbox.hasRoom, false)
  stage.pass(limits.slow - limits.tick)
  assert.equal(a.traffic.outbox.hasRoom, false)
  stage.pass(limits.tick)
  assert.equal(a.traffic.outbox.hasRoom, true)
})

/** Numbers of the blocks on their way to the other end. */
const blocksOf = ({ path }: End) =>
  path.underway.flatMap((bytes) => {
    const frame = decodeFrame(bytes)?.frame
    return frame?.type === 'data' ? [frame.number] : []
  })

it('what nobody acknowledges is sent again once in a while, not with every tick', () => {
  const { stage, a } = openStage()
  a.send('nobody takes it', true)
  a.traffic.outbox.turnEnded()
  stage.pass(5 * limits.resend)
  assert.deepEqual(blocksOf(a), [1, 1, 1, 1, 1, 1])
})

it('however often one is told of a gap, what is missing goes once', () => {
  const { a, b } = openStage()
  a.send('missing', true)
  a.traffic.outbox.turnEnded()
  const tag = a.session?.name ?? 0
  for (let i = 0; i < 3; i++) a.traffic.onAck(b.me.id, { type: 'ack', tag, ack: 1, bulkAck: 1, gap: true })
  assert.deepEqual(blocksOf(a), [1, 1])
})

it('who is stopped is not called slow, and is not sent the same again', () => {
  const { stage, a } = openStage()
  a.send('nobody takes it', true)
  a.traffic.outbox.turnEnded()
  assert.ok(a.session)
  a.session.pingSince = stage.now
  stage.pass(2 * limits.stalled)
  assert.deepEqual([a.endings, blocksOf(a)], [[], [1]])
})

it('who is cut off calls nobody slow', () => {
  const { stage, a } = openStage()
  a.send('nobody takes it', true)
  a.traffic.outbox.turnEnded()
  stage.now += 2 * limits.stalled
  a.traffic.tick(true)
  assert.deepEqual(a.endings, [])
  a.traffic.tick(false)
  assert.deepEqual(a.endings, ['stalled'])
})

it('who had nothing to take has its full time from when there is something', () => {
  const { stage, a } = openStage()
  stage.now += limits.tick - 1
  a.send('something', true)
  a.traffic.outbox.turnEnded()
  assert.equal(a.session?.progressAt, stage.now)
})

it('through a relay less is on its way at once than on a direct link', () => {
  const onItsWay = (isRelayed: boolean) => {
    const { a } = openStage()
    if (isRelayed) a.path.linkTo().peer = { id: 9, incarnation: '0000000000000009' }
    a.send(new Uint8Array(2 * limits.relayedWindow), true)
    for (let i = 0; i < 20; i++) a.traffic.outbox.pump(a.path.drain())
    return a.path.underway.reduce((sum, { length }) => sum + length, 0)
  }
  assert.ok(onItsWay(false) > 2 * limits.relayedWindow)
  assert.ok(onItsWay(true) <= limits.relayedWindow + limits.frame)
})

it('much is acknowledged at once, without a delay', () => {
  const { stage, a } = openStage()
  a.send(new Uint8Array(2 * limits.ackBytes), true)
  stage.deliverAll()
  assert.ok((a.session?.queued ?? Infinity) < limits.ackBytes)
})

it('a goodbye is acknowledged at once, and nothing is left of it', () => {
  const { stage, a, b } = openStage()
  a.traffic.leave()
  assert.equal(a.traffic.isFinished, false)
  stage.deliverAll()
  assert.deepEqual(b.endings, ['goodbye'])
  assert.deepEqual([a.traffic.isFinished, a.traffic.outbox.backlog], [true, 0])
})

it('a goodbye reaches who opens a session with one that is leaving', () => {
  const stage = new SessionStage()
  const [a, b] = stage.ends
  a.traffic.leave()
  for (let i = 0; i < 2; i++) stage.deliverAll()
  assert.deepEqual(b.endings, ['goodbye'])
})

it('a session is not opened for ever with one whom nobody reaches', () => {
  const stage = new SessionStage()
  const [a] = stage.ends
  a.path.reaches = () => false
  stage.now += limits.aloneDead - 1
  a.traffic.tick(false)
  assert.equal(a.traffic.sessions.size, 1)
  stage.now += 1
  a.traffic.tick(false)
  assert.equal(a.traffic.sessions.size, 0)
})

it('hellos open a session only with the ends that both have now', () => {
  const { stage, a, b } = openStage()
  assert.equal(a.traffic.tagFor(a.peer), 0) // it is open
  const fresh = new SessionStage()
  const [c, d] = fresh.ends
  const [mine, theirs] = [c.traffic.tagFor(c.peer), d.traffic.tagFor(d.peer)]
  c.traffic.greeted(c.peer, mine, 0)
  c.traffic.greeted(c.peer, mine + 1, theirs)
  assert.equal(c.session?.isOpen, false)
  c.traffic.greeted(c.peer, mine, theirs)
  d.traffic.greeted(d.peer, theirs, mine)
  assert.deepEqual([c.session?.isOpen, d.session?.isOpen], [true, true])
  assert.equal(c.session?.name, d.session?.name)
  const before = a.session
  a.traffic.greeted(a.peer, 0, 77)
  assert.deepEqual([a.session, b.endings, stage.isSettled], [before, [], true])
})
