// Sigver's rooms, as lists of inputs and outputs.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { limits } from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { OTHER_TOPIC, peerOf, Stage, TOPIC } from './roomsStage.js'

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

/** Peers 1 to count, all connected. */
function group(count: number): readonly number[] {
  const ids = Array.from({ length: count }, (_, i) => i + 1)
  for (const id of ids) stage.arrive(id)
  stage.link(...ids)
  stage.pass(limits.sweep)
  for (const id of ids) stage.heard(id)
  return ids
}

const heardBy = (...ids: readonly number[]) => ids.flatMap((id) => stage.heard(id))

// ---- the door

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
  group(4)
  for (const id of [1, 2, 3, 4]) stage.leave(id)
  assert.deepEqual([...stage.timers], [])
  assert.deepEqual(stage.arrive(5), ['connected'])
})

// ---- two peers

test('a founder is alone', () => {
  assert.deepEqual(stage.arrive(1), ['connected'])
})

test('of two founders the second is introduced', () => {
  stage.arrive(1)
  assert.deepEqual(stage.arrive(2), ['introduction 1'])
  assert.deepEqual(stage.heard(1), [])
})

test('who claims the peer it was introduced to is connected at once, before the other side has said so', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.pass(50)
  stage.claim(2, [1], true)
  assert.deepEqual(stage.heard(2), ['connected'])
  stage.pass(limits.claimDelay)
  stage.claim(1, [2], true)
  assert.deepEqual(stage.heard(1), ['connected'])
  stage.pass(limits.pairingPause)
  assert.deepEqual(heardBy(1, 2), [])
})

test('an introduction that led to a link is answered by nothing more', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.claim(2, [1])
  stage.claim(1, [2])
  stage.pass(limits.question + limits.negotiation)
  assert.deepEqual(heardBy(1, 2), [])
})

test('a peer that says unreachable is introduced to the next, and is connected when there is none', () => {
  group(2)
  assert.deepEqual(stage.arrive(3), ['introduction 1'])
  stage.unreachable(3, 1)
  assert.deepEqual(stage.heard(3), ['introduction 2'])
  stage.unreachable(3, 2)
  assert.deepEqual(stage.heard(3), ['connected'])
})

test('who says nothing about its introduction gets the next one after limits.pairing', () => {
  group(2)
  stage.arrive(3)
  stage.pass(limits.pairing - 1)
  assert.deepEqual(stage.heard(3), [])
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heard(3), ['introduction 2'])
})

test('a negotiation that is under way has the time it needs', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.relay(2, 1, 'offer')
  stage.relay(1, 2, 'answer')
  assert.deepEqual(stage.heard(2), ['relay from 1: answer'])
  stage.pass(limits.negotiation - 1)
  assert.deepEqual(stage.heard(2), [])
  stage.claim(2, [1], true)
  assert.deepEqual(stage.heard(2), ['connected'])
})

test('a newcomer that talks to itself wins no time', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.relay(2, 1, 'offer')
  stage.pass(limits.pairing)
  assert.deepEqual(stage.heard(2), ['connected'])
})

test('a pair that failed is not tried again before limits.pairingPause', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.unreachable(2, 1)
  assert.deepEqual(stage.heard(2), ['connected'])
  stage.pass(limits.pairingPause / 2)
  for (const id of [1, 2]) stage.say(id, { type: 'ping' })
  stage.pass(limits.pairingPause / 2 - limits.sweep)
  stage.claim(2, [], true)
  assert.deepEqual(heardBy(1, 2), ['pong', 'pong', 'connected'])
  stage.pass(2 * limits.sweep)
  assert.deepEqual(heardBy(1, 2), ['introduction 1'])
})

test('who was silent for limits.absence and speaks again is introduced anew to those who could not reach it', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.unreachable(2, 1)
  stage.pass(limits.absence)
  stage.say(2, { type: 'ping' })
  stage.heard(2)
  stage.pass(limits.sweep)
  assert.deepEqual(heardBy(1, 2), ['introduction 1'])
})

test('unreachable counts only from the one who was introduced', () => {
  group(2)
  stage.arrive(3)
  stage.unreachable(1, 3)
  stage.unreachable(3, 2)
  stage.unreachable(3, 9)
  assert.deepEqual(heardBy(1, 2, 3), [])
})

test('when the peer introduced leaves, the next comes at once', () => {
  group(2)
  stage.arrive(3)
  stage.leave(1)
  assert.deepEqual(stage.heard(3), ['introduction 2', 'gone 1'])
  stage.leave(2)
  assert.deepEqual(stage.heard(3), ['connected'])
})

// ---- several

test('eight joining a group at once are all introduced at once', () => {
  group(3)
  const heard = [11, 12, 13, 14, 15, 16, 17, 18].map((id) => stage.arrive(id).join())
  assert.deepEqual(
    heard,
    [1, 2, 3, 1, 2, 3, 1, 2].map((id) => `introduction ${id}`),
  )
})

test('eight founding a group at once are one chain of introductions, with one founder', () => {
  assert.deepEqual(stage.arrive(1), ['connected'])
  const reached = new Set([1])
  for (const id of [2, 3, 4, 5, 6, 7, 8]) {
    const [word = ''] = stage.arrive(id)
    const target = Number(word.replace('introduction ', ''))
    assert.ok(reached.has(target), `${id}: ${word}`)
    reached.add(id)
  }
})

test('a favored peer is introduced first, also from a small component', () => {
  group(3)
  stage.arrive(4, { favored: true })
  assert.deepEqual(stage.arrive(5), ['introduction 4'])
})

test('a peer of the largest component is introduced before others', () => {
  stage.arrive(9)
  stage.arrive(1)
  stage.arrive(2)
  stage.link(1, 2)
  assert.deepEqual(stage.arrive(5), ['introduction 1'])
})

test('a member of a group is connected while others are still on their way', () => {
  group(3)
  stage.arrive(4)
  stage.claim(1, [2, 3], true)
  assert.deepEqual(stage.heard(1), ['connected'])
})

test('who is alone waits for the one on the way, and is told as soon as that is decided', () => {
  stage.arrive(1)
  stage.heard(1)
  stage.arrive(2)
  stage.claim(1, [], true)
  assert.deepEqual(stage.heard(1), [])
  stage.unreachable(2, 1)
  assert.deepEqual(heardBy(1, 2), ['connected', 'connected'])
})

test('two components are introduced by one pair at a time, and the smaller one initiates', () => {
  for (const id of [1, 2, 3, 4, 5]) stage.arrive(id)
  stage.link(1, 2, 3)
  stage.link(4, 5)
  heardBy(1, 2, 3, 4, 5)
  const introductions: number[] = []
  for (let time = 0; time < 5 * limits.pairing && introductions.length < 4; time++) {
    stage.pass(1)
    assert.deepEqual(heardBy(1, 2, 3), [])
    for (const word of heardBy(4, 5)) if (word.startsWith('introduction')) introductions.push(stage.now)
  }
  const gaps = introductions.slice(1).map((at, i) => at - (introductions[i] ?? 0))
  assert.deepEqual(gaps, Array(3).fill(limits.pairing))
})

// ---- healing

test('a group that falls apart is introduced to itself, without anyone asking', () => {
  group(4)
  stage.link(1, 2)
  stage.link(3, 4)
  stage.pass(limits.sweep)
  assert.deepEqual(heardBy(1, 2, 3, 4), ['introduction 1'])
  stage.link(1, 2, 3, 4)
  stage.pass(limits.pairingPause)
  assert.deepEqual(heardBy(1, 2, 3, 4), [])
})

test('a member whom the others lost is introduced to them', () => {
  group(3)
  stage.claim(1, [2])
  stage.claim(2, [1])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(heardBy(1, 2, 3), ['introduction 1'])
})

test('a claim by one peer throws nobody out', () => {
  group(4)
  stage.claim(1, [2, 3])
  stage.pass(limits.pairingPause)
  assert.deepEqual(heardBy(1, 2, 3, 4), [])
})

test('when the member between two others goes, they are introduced', () => {
  for (const id of [1, 2, 3]) stage.arrive(id)
  stage.claim(1, [2])
  stage.claim(2, [1, 3])
  stage.claim(3, [2])
  stage.pass(limits.belief)
  heardBy(1, 2, 3)
  stage.leave(2)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    heardBy(1, 3).filter((word) => word.startsWith('intro')),
    ['introduction 1'],
  )
})

test('a peer is asked to make one link at a time', () => {
  for (const id of [1, 2, 3, 4]) stage.arrive(id)
  stage.pass(limits.negotiation)
  heardBy(1, 2, 3, 4)
  for (let i = 0; i < 10; i++) {
    stage.pass(limits.pairing)
    for (const id of [1, 2, 3, 4]) {
      assert.ok(stage.heard(id).length <= 1)
      stage.say(id, { type: 'ping' })
      stage.heard(id)
    }
  }
})

// ---- a restart

test('after a restart the claims rebuild the components without introductions', () => {
  const ids = Array.from({ length: 20 }, (_, i) => i + 1)
  const heard = ids.flatMap((id) => {
    stage.pass(50)
    return stage.arrive(id, { members: ids.filter((other) => other !== id) })
  })
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    heard,
    ids.map(() => 'connected'),
  )
  assert.deepEqual(heardBy(...ids), [])
})

test('after a restart those who know each other through a third wait for it', () => {
  assert.deepEqual(stage.arrive(1, { members: [3] }), ['connected'])
  assert.deepEqual(stage.arrive(2, { members: [3] }), [])
  stage.pass(limits.belief - 1)
  assert.deepEqual(stage.arrive(3, { members: [1, 2] }), ['connected'])
  assert.deepEqual(heardBy(1, 2), ['connected'])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(heardBy(1, 2, 3), [])
})

test('after a restart those whose common member does not come back are introduced', () => {
  stage.arrive(1, { members: [3] })
  assert.deepEqual(stage.arrive(2, { members: [3] }), [])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heard(2), ['introduction 1'])
})

test('after a restart no two parts are introduced while a member of both may still come', () => {
  stage.arrive(1, { members: [4] })
  stage.arrive(2, { members: [3, 4] })
  stage.arrive(3, { members: [2, 4] })
  stage.pass(limits.belief - 1)
  stage.arrive(4, { members: [1, 2, 3] })
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    heardBy(1, 2, 3, 4).filter((word) => word !== 'connected'),
    [],
  )
})

test('a newcomer after a restart is introduced at once, to whoever is back', () => {
  stage.arrive(1, { members: [2, 3, 4] })
  assert.deepEqual(stage.arrive(9), ['introduction 1'])
})

test('a bot that was invited is believed until its host has said the same', () => {
  group(2)
  assert.deepEqual(stage.arrive(9, { members: [1], favored: true }), ['connected'])
  stage.pass(limits.claimDelay)
  stage.link(1, 2, 9)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(heardBy(1, 2, 9), [])
})

// ---- reconnecting

test('a peer with two sockets is addressed on the newest, and stays until the last one closes', () => {
  group(2)
  const old = stage.channelOf(1)
  assert.deepEqual(stage.arrive(1, { members: [2] }), ['connected'])
  stage.relay(2, 1, 'hello')
  assert.deepEqual(stage.heard(1, old), [])
  assert.deepEqual(stage.heard(1), ['relay from 2: hello'])
  stage.leave(1, old)
  stage.relay(2, 1, 'still there?')
  assert.deepEqual(stage.heard(1), ['relay from 2: still there?'])
  assert.deepEqual(stage.heard(2), [])
  stage.leave(1)
  assert.deepEqual(stage.heard(2), ['gone 1'])
})

test('an older socket changes no claims, and counts again when the newer one closes', () => {
  group(2)
  const old = stage.channelOf(1)
  stage.arrive(1, { members: [2] })
  const nobody = encodeToServer({ type: 'claim', claim: { members: [], check: false } })
  stage.sayBytes(1, nobody, old)
  stage.pass(limits.sweep)
  assert.deepEqual(heardBy(1, 2), [])
  stage.leave(1)
  stage.sayBytes(1, nobody, old)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(heardBy(2), ['introduction 1'])
})

test('who reconnects while it was being introduced is introduced again', () => {
  stage.arrive(1)
  stage.arrive(2)
  assert.deepEqual(stage.arrive(2), ['introduction 1'])
})

test('when the peer introduced reconnects, the introduction goes on', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.heard(2)
  assert.deepEqual(stage.arrive(1), [])
  assert.deepEqual(stage.heard(2), [])
  stage.relay(2, 1, 'offer')
  assert.deepEqual(stage.heard(1), ['relay from 2: offer'])
})

// ---- strangers and liars

test('strangers in the room block nobody: after three of them who did not answer one is connected', () => {
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) stage.arrive(id, { favored: true })
  let heard = stage.arrive(9)
  for (let i = 0; i < 3; i++) {
    assert.match(heard.join(), /^introduction \d$/)
    stage.pass(limits.introduction)
    stage.unreachable(9, Number(heard[0]?.split(' ')[1]))
    heard = stage.heard(9)
  }
  assert.deepEqual(heard, ['connected'])
})

test('a mute newcomer gets connected in the end', () => {
  group(5)
  stage.arrive(9)
  stage.pass(limits.question + limits.pairing)
  assert.ok(stage.heard(9).includes('connected'))
})

test('newcomers who never link hold nobody up for long', () => {
  stage.arrive(1, { favored: true })
  stage.arrive(2)
  stage.claim(1, [], true)
  for (let id = 3; stage.now < limits.question; id++) {
    stage.arrive(id)
    stage.pass(limits.pairing / 2)
  }
  assert.equal(stage.heard(1).at(-1), 'connected')
})

test('a crowd of strangers does not keep a newcomer from a small group', () => {
  for (let id = 11; id <= 18; id++) stage.arrive(id)
  stage.link(11, 12, 13, 14, 15, 16, 17, 18)
  stage.pass(limits.belief)
  stage.arrive(1)
  const tried = new Set<string>()
  for (let word = stage.arrive(2)[0] ?? ''; word.startsWith('intro'); word = stage.heard(2)[0] ?? '') {
    tried.add(word)
    if (word === 'introduction 1') break
    stage.unreachable(2, Number(word.split(' ')[1]))
  }
  assert.ok(tried.has('introduction 1'))
  assert.ok(tried.size <= 6, [...tried].join())
})

test('a stranger that answers to nothing costs the members of a group no introduction', () => {
  const ids = group(4)
  stage.arrive(9)
  for (let i = 0; i < 10; i++) {
    stage.pass(limits.claimEvery)
    for (const id of [...ids, 9]) stage.say(id, { type: 'ping' })
  }
  assert.ok(heardBy(...ids).every((word) => word === 'pong'))
})

test('who claims everyone without being claimed keeps no others apart', () => {
  group(4)
  stage.link(1, 2)
  stage.link(3, 4)
  stage.arrive(9, { members: [1, 2, 3, 4] })
  stage.claim(9, [1, 2, 3, 4], true)
  stage.pass(limits.sweep)
  assert.deepEqual(heardBy(1, 2, 3, 4), ['introduction 1'])
})

test('a member that claims the other part falsely does not keep two parts apart', () => {
  group(4)
  stage.link(1, 2)
  stage.claim(4, [3])
  stage.claim(3, [4, 1, 2])
  stage.pass(limits.sweep)
  assert.equal(heardBy(1, 2, 3, 4).length, 1)
})

test('who claims only itself is like one who claims nobody', () => {
  stage.arrive(1)
  assert.deepEqual(stage.arrive(2, { members: [2] }), ['introduction 1'])
})

test('a claim on the former life of another is no connection', () => {
  stage.arrive(1, { life: 1, members: [2] })
  assert.deepEqual(stage.arrive(2, { members: [1] }), ['connected'])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(heardBy(1, 2), ['introduction 1'])
})

// ---- relays

test('a payload reaches its recipient, unchanged and with its sender', () => {
  group(2)
  stage.relay(1, 2, 'sealed')
  assert.deepEqual(stage.heard(2), ['relay from 1: sealed'])
})

test('a payload for nobody, for a former life or for another room is dropped', () => {
  group(2)
  stage.arrive(3, { topic: OTHER_TOPIC })
  stage.heard(3)
  stage.relay(1, 3)
  stage.relay(1, 9)
  stage.say(1, { type: 'relay', peer: peerOf(2, 7), payload: Uint8Array.of(1) })
  assert.deepEqual(heardBy(1, 2, 3), [])
})

// ---- hints

test('the room hears at once whose socket closed', () => {
  group(5)
  stage.leave(3)
  assert.deepEqual(heardBy(1, 2, 4, 5), Array(4).fill('gone 3'))
})

test('within a window the others are told together', () => {
  group(9)
  stage.leave(9)
  stage.leave(8)
  stage.pass(limits.hintWindow - 1)
  stage.leave(7)
  assert.deepEqual(stage.heard(1), ['gone 9'])
  stage.pass(1)
  assert.deepEqual(stage.heard(1), ['gone 8 7'])
  stage.leave(6)
  assert.deepEqual(stage.heard(1), [])
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 6'])
})

test('after a quiet window the first goes at once again', () => {
  group(9)
  stage.leave(9)
  stage.pass(limits.hintWindow)
  stage.leave(8)
  assert.deepEqual(stage.heard(1), ['gone 9', 'gone 8'])
})

test('when most of a room closes together, nothing more is said', () => {
  group(6)
  for (const id of [6, 5, 4, 3]) stage.leave(id)
  stage.pass(2 * limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 6'])
  stage.leave(2)
  assert.deepEqual(stage.heard(1), ['gone 2'])
})

test('who goes, comes back and goes again within the window is told of once, and counts as one', () => {
  for (const id of [1, 2, 3, 4]) stage.arrive(id)
  stage.leave(4)
  for (let i = 0; i < 2; i++) {
    stage.leave(3)
    if (i === 0) stage.arrive(3)
  }
  stage.heard(1)
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 3'])
})

test('who came back within the window is not reported', () => {
  group(9)
  stage.leave(9)
  stage.leave(8)
  stage.arrive(8, { members: [1, 2, 3, 4, 5, 6, 7] })
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 9'])
  stage.pass(limits.hintWindow)
  stage.leave(7)
  assert.deepEqual(stage.heard(1), ['gone 7'])
})

test('hints stay in their room', () => {
  group(2)
  stage.arrive(3, { topic: OTHER_TOPIC })
  stage.heard(3)
  stage.leave(2)
  assert.deepEqual(stage.heard(3), [])
})

test('a server that drains sends everyone away without a hint, and accepts nobody', () => {
  group(3)
  stage.accept(4)
  stage.perform(stage.rooms.drain())
  assert.deepEqual(heardBy(1, 2, 3, 4), Array(4).fill('closed: closing'))
  stage.accept(5)
  assert.deepEqual(stage.heard(5), ['closed: closing'])
  assert.deepEqual([...stage.timers], [])
})
