// Whom Sigver's operator lets in: tokens, how many may come, what they are told when they come and when they have to go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TurnServer } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { OTHER_TOPIC, Stage } from './roomsStage.js'

test('whoever needs consent hears nothing until it is given, and then what it would have heard', () => {
  const stage = new Stage({ authenticates: true })
  assert.deepEqual(stage.arrive(1, { token: 'a token' }), [])
  assert.deepEqual([...stage.asked.values()], ['a token'])
  stage.decide(1, undefined)
  assert.deepEqual(stage.heard(1), ['connected'])
})

test('who is refused is told why, and was never there', () => {
  const stage = new Stage({ authenticates: true })
  stage.arrive(1)
  stage.decide(1, 'it has expired')
  assert.deepEqual(stage.heard(1), ['closed: refused'])
  assert.equal(stage.reasons.get(1), 'it has expired')
  stage.arrive(2)
  stage.decide(2, undefined)
  assert.deepEqual(stage.heard(2), ['connected'])
})

test('what comes while somebody decides is heard afterwards, up to a bound', () => {
  const stage = new Stage({ authenticates: true })
  stage.arrive(1)
  stage.decide(1, undefined)
  stage.arrive(2)
  stage.say(2, { type: 'ping' })
  stage.relay(2, 1, 'hello')
  assert.deepEqual(stage.heard(2), ['pong'])
  stage.decide(2, undefined)
  assert.deepEqual(stage.heard(1), ['connected', 'relay from 2: hello'])
  stage.arrive(3)
  for (let i = 0; i <= limits.waitingFrames; i++) stage.relay(3, 1, 'hello')
  assert.deepEqual(stage.heard(3), ['closed: notAnnounced'])
})

test('a decision that takes too long is none', () => {
  const stage = new Stage({ authenticates: true })
  stage.arrive(1)
  stage.pass(limits.authentication - 1)
  assert.deepEqual(stage.heard(1), [])
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heard(1), ['closed: late'])
  stage.decide(1, undefined)
  assert.deepEqual(stage.heard(1), [])
})

test('so many sockets of one address, and as many of another', () => {
  const stage = new Stage({ socketsPerAddress: 2 })
  stage.arrive(1, { address: 'a' })
  stage.arrive(2, { address: 'a' })
  assert.deepEqual(stage.arrive(3, { address: 'a' }), ['closed: addressFull'])
  assert.ok(!stage.arrive(4, { address: 'b' }).includes('closed: addressFull'))
  stage.leave(1)
  assert.ok(!stage.arrive(5, { address: 'a' }).includes('closed: addressFull'))
})

test('so many rooms, and so many peers in each', () => {
  const stage = new Stage({ maxRooms: 1, maxPeersPerRoom: 2 })
  stage.arrive(1)
  assert.deepEqual(stage.arrive(2, { topic: OTHER_TOPIC }), ['closed: full'])
  stage.arrive(3)
  assert.deepEqual(stage.arrive(4), ['closed: roomFull'])
  // A second socket of one that is there takes no place.
  assert.ok(!stage.arrive(3).includes('closed: roomFull'))
  stage.leave(1)
  assert.ok(!stage.arrive(4).includes('closed: roomFull'))
})

test('the TURN server comes before the introduction, and again when half of its time is over', () => {
  let number = 0
  const server = (): TurnServer => ({ urls: ['turn:a', 'turn:b'], username: `${++number}`, credential: 'c' })
  const stage = new Stage({ turn: () => ({ server: server(), lasts: 60_000 }) })
  assert.deepEqual(stage.arrive(1), ['turn turn:a turn:b 1 c', 'connected'])
  const stay = (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 1_000) {
      stage.pass(1_000)
      stage.say(1, { type: 'ping' })
    }
    return stage.heard(1).filter((word) => word !== 'pong')
  }
  assert.deepEqual(stay(29_000), [])
  assert.deepEqual(stay(2_000), ['turn turn:a turn:b 2 c'])
  assert.deepEqual(stay(30_000), ['turn turn:a turn:b 3 c'])
})

test('those sent away are told to come back at different times', () => {
  const stage = new Stage()
  for (let id = 1; id <= 20; id++) stage.arrive(id)
  stage.perform(stage.rooms.drain(stage.now))
  const times = new Set<number>()
  for (let id = 1; id <= 20; id++) {
    const away = /away (\d+)/.exec(stage.heard(id).join())
    times.add(Number(away?.[1]))
  }
  assert.ok(times.size > 10)
  for (const time of times) assert.ok(time >= 0 && time < limits.returning, `${time}`)
})

test('its operator hears of rooms, peers, introductions, relays and refusals', () => {
  const stage = new Stage()
  stage.arrive(1)
  stage.arrive(2)
  stage.relay(2, 1, 'hello')
  stage.leave(2)
  stage.leave(1)
  stage.accept(3, 'no topic')
  const told = stage.notes.map((note) => {
    if (note.type === 'room') return `room ${note.isOpen}`
    if (note.type === 'peer') return `peer ${note.id} ${note.isThere}`
    if (note.type === 'relayed') return `relayed ${note.bytes}`
    return note.type === 'refused' ? `refused ${note.code}` : note.type
  })
  assert.deepEqual(told, [
    'room true',
    'peer 1 true',
    'peer 2 true',
    'introduced',
    'relayed 5',
    'peer 2 false',
    'peer 1 false',
    'room false',
    'refused 4400',
  ])
})
