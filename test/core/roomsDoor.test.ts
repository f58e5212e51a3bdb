// Who is let into Sigver's rooms, and who is sent away: frames, times and ids.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'
import { OTHER_TOPIC, TOPIC } from './roomsStage.js'

let stage: Crowd

beforeEach(() => {
  stage = new Crowd()
})

test('a path that is not a topic is closed for good', () => {
  for (const path of ['', 'short', TOPIC + 'x', TOPIC.slice(1) + '/', TOPIC.slice(1) + '=', TOPIC + '\n']) {
    stage.accept(1, path)
    assert.deepEqual(stage.heard(1), ['closed: badTopic'])
  }
})

test('whoever does not announce itself in time is closed', () => {
  stage.accept(1)
  stage.pass(limits.firstFrame - 1)
  assert.deepEqual(stage.heard(1), [])
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heard(1), ['closed: late'])
})

test('pings before the announcement are answered but win no time', () => {
  stage.accept(1)
  for (let i = 0; i < 10; i++) {
    stage.say(1, { type: 'ping' })
    stage.pass(limits.firstFrame / 9)
  }
  assert.deepEqual(stage.heard(1).slice(-2), ['pong', 'closed: late'])
})

test('the announcement comes first and once', () => {
  stage.accept(1)
  stage.claim(1, [])
  assert.deepEqual(stage.heard(1), ['closed: notAnnounced'])
  stage.arrive(2)
  stage.announce(2, {})
  assert.deepEqual(stage.heard(2), ['closed: notAnnounced'])
})

test('another protocol version is closed for good', () => {
  assert.deepEqual(stage.arrive(1, { version: 2 }), ['closed: badVersion'])
})

test('bytes that make no sense close the socket', () => {
  stage.arrive(1)
  stage.heard(1)
  stage.sayBytes(1, Uint8Array.of(1, 2, 3))
  assert.deepEqual(stage.heard(1), ['closed: badFrame'])
})

test('a socket may send a burst, and then so many frames per second', () => {
  stage.arrive(1)
  stage.heard(1)
  for (let i = 1; i < limits.frameBurst; i++) stage.say(1, { type: 'ping' })
  stage.pass(1000)
  for (let i = 0; i < limits.framesPerSecond; i++) stage.say(1, { type: 'ping' })
  assert.ok(stage.isOpen(1))
  stage.say(1, { type: 'ping' })
  assert.equal(stage.heard(1).at(-1), 'closed: tooManyFrames')
})

test('a silent socket is dropped, one that pings is kept', () => {
  stage.arrive(1)
  stage.arrive(2)
  for (let passed = 0; passed < limits.socketSilence; passed += limits.heartbeat) {
    stage.say(2, { type: 'ping' })
    stage.pass(limits.heartbeat)
  }
  stage.pass(limits.sweep)
  assert.equal(stage.heard(1).at(-1), 'closed: silent')
  assert.ok(stage.isOpen(2))
})

test('a server that slept accuses nobody', () => {
  stage.arrive(1)
  stage.now += limits.socketSilence + limits.heartbeat
  stage.pass(0)
  stage.say(1, { type: 'ping' })
  stage.pass(limits.sweep)
  assert.ok(stage.isOpen(1))
})

test('an id that is taken is refused until its holder is gone', () => {
  stage.arrive(1)
  const holder = stage.channelOf(1)
  assert.deepEqual(stage.arrive(1, { life: 1 }), ['closed: idTaken'])
  stage.leave(1, holder)
  assert.deepEqual(stage.arrive(1, { life: 1 }), ['connected'])
})

test('an id that is taken in one room is free in another', () => {
  stage.arrive(1)
  assert.deepEqual(stage.arrive(1, { life: 1, topic: OTHER_TOPIC }), ['connected'])
})

test('a room that was emptied leaves nothing behind', () => {
  stage.group(4)
  for (const id of [1, 2, 3, 4]) stage.leave(id)
  assert.deepEqual([...stage.timers], [])
  assert.deepEqual(stage.arrive(5), ['connected'])
})

test('a server that drains sends everyone away without a hint, and accepts nobody', () => {
  stage.group(3)
  stage.accept(4)
  stage.perform(stage.rooms.drain(stage.now))
  for (const id of [1, 2, 3]) assert.match(stage.heard(id).join(), /^away \d+,closed: closing$/)
  assert.deepEqual(stage.heard(4), ['closed: closing'])
  stage.accept(5)
  assert.deepEqual(stage.heard(5), ['closed: closing'])
  assert.deepEqual([...stage.timers], [])
})
