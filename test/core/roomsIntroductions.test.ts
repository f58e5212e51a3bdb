// Whom Sigver introduces to whom: founders, newcomers, eight at once.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'

let stage: Crowd

beforeEach(() => {
  stage = new Crowd()
})

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
  assert.deepEqual(stage.heardBy(1, 2), [])
})

test('an introduction that led to a link is answered by nothing more', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.claim(2, [1])
  stage.claim(1, [2])
  stage.pass(limits.question + limits.negotiation)
  assert.deepEqual(stage.heardBy(1, 2), [])
})

test('a peer that says unreachable is introduced to the next, and is connected when there is none', () => {
  stage.group(2)
  assert.deepEqual(stage.arrive(3), ['introduction 1'])
  stage.unreachable(3, 1)
  assert.deepEqual(stage.heard(3), ['introduction 2'])
  stage.unreachable(3, 2)
  assert.deepEqual(stage.heard(3), ['connected'])
})

test('who says nothing about its introduction gets the next one after limits.pairing', () => {
  stage.group(2)
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
  assert.deepEqual(stage.heardBy(1, 2), ['pong', 'pong', 'connected'])
  stage.pass(2 * limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2), ['introduction 1'])
})

test('who was silent for limits.absence and speaks again is introduced anew to those who could not reach it', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.unreachable(2, 1)
  stage.pass(limits.absence)
  stage.say(2, { type: 'ping' })
  stage.heard(2)
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2), ['introduction 1'])
})

test('unreachable counts only from the one who was introduced', () => {
  stage.group(2)
  stage.arrive(3)
  stage.unreachable(1, 3)
  stage.unreachable(3, 2)
  stage.unreachable(3, 9)
  assert.deepEqual(stage.heardBy(1, 2, 3), [])
})

test('when the peer introduced leaves, the next comes at once', () => {
  stage.group(2)
  stage.arrive(3)
  stage.leave(1)
  assert.deepEqual(stage.heard(3), ['introduction 2', 'gone 1'])
  stage.leave(2)
  assert.deepEqual(stage.heard(3), ['connected'])
})

test('eight joining a group at once are all introduced at once', () => {
  stage.group(3)
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
  stage.group(3)
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
  stage.group(3)
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
  assert.deepEqual(stage.heardBy(1, 2), ['connected', 'connected'])
})

test('two components are introduced by one pair at a time, and the smaller one initiates', () => {
  for (const id of [1, 2, 3, 4, 5]) stage.arrive(id)
  stage.link(1, 2, 3)
  stage.link(4, 5)
  stage.heardBy(1, 2, 3, 4, 5)
  const introductions: number[] = []
  for (let time = 0; time < 5 * limits.pairing && introductions.length < 4; time++) {
    stage.pass(1)
    assert.deepEqual(stage.heardBy(1, 2, 3), [])
    for (const word of stage.heardBy(4, 5)) if (word.startsWith('introduction')) introductions.push(stage.now)
  }
  const gaps = introductions.slice(1).map((at, i) => at - (introductions[i] ?? 0))
  assert.deepEqual(gaps, Array(3).fill(limits.pairing))
})

test('a newcomer is told of so many others of a group as it can dial at once, and nobody else is', () => {
  const ids = stage.group(20)
  assert.deepEqual(stage.arrive(30), ['introduction 1'])
  assert.equal(stage.others.length, limits.dials - 1)
  assert.ok(stage.others.every((id) => ids.includes(id) && id !== 1))
})

test('a newcomer is told who of those it may dial said that they are favored', () => {
  stage.arrive(1)
  stage.arrive(2, { members: [1], favored: true })
  stage.arrive(3, { members: [1, 2] })
  for (const id of [1, 2]) stage.claim(id, [1, 2, 3])
  assert.deepEqual(stage.arrive(4), ['introduction 2'])
  assert.deepEqual([stage.others, stage.favored], [[1, 3], [2]])
})

test('two groups that become one need a pair only: nobody is told of others', () => {
  stage.others.push(0)
  const heard = [
    stage.arrive(1, { members: [2] }),
    stage.arrive(2, { members: [1] }),
    stage.arrive(3, { members: [4] }),
    stage.arrive(4, { members: [3] }),
  ].flat()
  stage.pass(limits.belief + 2 * limits.sweep)
  heard.push(...stage.heardBy(1, 2, 3, 4))
  assert.ok(heard.some((word) => word.startsWith('introduction')))
  assert.deepEqual(stage.others, [])
})
