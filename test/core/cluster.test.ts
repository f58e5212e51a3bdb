// Several instances of Sigver are one: introductions, relays and hints cross them, whatever happens to the instances.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { ClusterStage, type Instance } from './clusterStage.js'
import { OTHER_TOPIC, TOPIC } from './roomsStage.js'

const topics = Array.from({ length: 300 }, (_, i) => `topic_${String(i).padStart(4, '0')}${TOPIC.slice(10)}`)

/** What this peer heard, without what only says that all is well. */
const news = (instance: Instance, id: number) => instance.heard(id).filter((word) => word !== 'pong')

test('members on two instances are introduced, and what they say to each other passes', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  a.enter(1)
  stage.deliver()
  assert.deepEqual(a.heard(1), ['connected'])
  b.enter(2)
  stage.deliver()
  assert.deepEqual(b.heard(2), ['introduction 1'])
  b.relay(2, 1, 'an offer')
  stage.deliver()
  assert.deepEqual(a.heard(1), ['relay from 2: an offer'])
  a.relay(1, 2, 'an answer')
  stage.deliver()
  assert.deepEqual(b.heard(2), ['relay from 1: an answer'])
  stage.ownerOf()
})

test('whose socket closes at one instance is hinted at by the other', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  a.enter(1)
  stage.deliver()
  b.enter(2)
  stage.deliver()
  a.heard(1)
  b.leave(2)
  stage.deliver()
  assert.deepEqual(a.heard(1), ['gone 2'])
})

test('an id that is taken at one instance is taken at all', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  a.enter(1)
  stage.deliver()
  b.enter(1, { life: 1 })
  stage.deliver()
  assert.deepEqual(b.heard(1), ['closed: idTaken'])
  // And the place of who was refused is free.
  b.enter(3)
  stage.deliver()
  assert.deepEqual(b.heard(3), ['introduction 1'])
})

test('topics are spread evenly, and only those of an instance that goes move', () => {
  const stage = new ClusterStage(['a', 'b', 'c'])
  const [a, , c] = stage.instances as [Instance, Instance, Instance]
  topics.forEach((topic, i) => a.enter(i + 1, { topic }))
  stage.deliver()
  const before = topics.map((topic) => stage.ownerOf(topic).name)
  for (const name of ['a', 'b', 'c']) {
    const share = before.filter((owner) => owner === name).length
    assert.ok(share > 60 && share < 150, `${name} has ${share} of 300`)
  }
  stage.kill(c)
  stage.pass(limits.instanceSilence + 2 * limits.beat)
  topics.forEach((topic, i) => {
    const { name } = stage.ownerOf(topic)
    assert.ok(before[i] === 'c' ? name !== 'c' : name === before[i], topic)
  })
})

test('two first members on two instances that do not know each other yet do not both stay alone', () => {
  const stage = new ClusterStage()
  const a = stage.start('a')
  stage.pass(1_000)
  stage.loses = () => true
  const b = stage.start('b')
  stage.pass(1_000)
  a.enter(1)
  b.enter(2)
  stage.pass(1_000)
  assert.deepEqual([a.heard(1), b.heard(2)], [['connected'], ['connected']])
  stage.loses = () => false
  stage.pass(2 * limits.beat)
  const heard = [...news(a, 1), ...news(b, 2)].filter((word) => word.startsWith('introduction'))
  assert.equal(heard.length, 1)
  stage.ownerOf()
})

test('when the owner of a topic dies another one rebuilds its rooms from what the members claim', () => {
  const stage = new ClusterStage(['a', 'b', 'c'])
  const [first] = stage.instances as [Instance]
  first.enter(9)
  stage.deliver()
  const owner = stage.ownerOf()
  const [a, b] = stage.instances.filter((instance) => instance !== owner) as [Instance, Instance]
  first.leave(9)
  a.enter(1)
  b.enter(2)
  stage.deliver()
  a.claim(1, [2])
  b.claim(2, [1])
  stage.pass(100)
  a.heard(1)
  b.heard(2)
  stage.kill(owner)
  stage.pass(limits.instanceSilence + 2 * limits.beat)
  assert.deepEqual(
    [...news(a, 1), ...news(b, 2)].filter((word) => word !== 'connected'),
    [],
  )
  a.relay(1, 2, 'still there?')
  stage.deliver()
  assert.deepEqual(news(b, 2), ['relay from 1: still there?'])
  // A newcomer is introduced to the group, not told that it is alone.
  b.enter(3)
  stage.deliver()
  assert.match(news(b, 3).join(), /^introduction [12]$/)
})

test('the guests of an instance that dies are gone for the others', () => {
  const stage = new ClusterStage(['a', 'b', 'c'])
  const [a, b] = stage.instances as [Instance, Instance]
  a.enter(1)
  b.enter(2)
  stage.deliver()
  a.heard(1)
  stage.kill(b)
  stage.pass(limits.instanceSilence + 2 * limits.beat)
  assert.ok(!a.heard(1).some((word) => word.startsWith('relay')))
  // Its id is free again.
  a.enter(2, { life: 1 })
  stage.deliver()
  assert.deepEqual(news(a, 2), ['introduction 1'])
})

test('an instance that drains hands its topics over at once', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  topics.slice(0, 20).forEach((topic, i) => b.enter(i + 1, { topic }))
  stage.deliver()
  a.perform(a.rooms.drain(a.now))
  stage.kill(a)
  stage.deliver()
  for (const topic of topics.slice(0, 20)) assert.equal(stage.ownerOf(topic), b)
})

test('what is lost on the bus is told again', () => {
  for (const lost of [0, 1, 2, 3]) {
    const stage = new ClusterStage(['a', 'b'])
    const [a, b] = stage.instances as [Instance, Instance]
    let count = 0
    stage.loses = ({ to }) => to !== undefined && count++ === lost
    a.enter(1)
    b.enter(2)
    a.enter(3, { topic: OTHER_TOPIC })
    b.enter(4, { topic: OTHER_TOPIC })
    stage.deliver()
    // More is said, and shows the gap.
    for (let i = 0; i < 3; i++) {
      a.claim(1, [])
      b.claim(2, [])
      a.claim(3, [])
      b.claim(4, [])
      stage.pass(limits.belief)
    }
    stage.ownerOf(TOPIC)
    stage.ownerOf(OTHER_TOPIC)
    const heard = [1, 3].flatMap((id) => news(a, id)).concat([2, 4].flatMap((id) => news(b, id)))
    assert.ok(
      heard.filter((word) => word.startsWith('introduction')).length >= 2,
      `message ${lost} lost: ${heard.join()}`,
    )
  }
})

test('without a bus those who are elsewhere wait, and come in when it is back', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  a.enter(1)
  stage.deliver()
  a.heard(1)
  a.bus(false)
  b.bus(false)
  const owner = stage.ownerOf()
  const other = owner === a ? b : a
  other.enter(2)
  stage.pass(30_000)
  assert.deepEqual(news(other, 2), [])
  a.bus(true)
  b.bus(true)
  stage.pass(2 * limits.beat)
  const heard = [...news(a, 1), ...news(other, 2)].filter((word) => word.startsWith('introduction'))
  assert.equal(heard.length, 1)
})

test('an instance that has never heard of a bus seats nobody', () => {
  const stage = new ClusterStage()
  const lonely = stage.start('a')
  lonely.bus(false)
  const never = new ClusterStage()
  const instance = never.start('b')
  instance.bus(false)
  instance.enter(1)
  assert.deepEqual(instance.heard(1), [])
})

test('what is said a second time by somebody else changes nothing', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a, b] = stage.instances as [Instance, Instance]
  b.enter(1)
  a.enter(2)
  stage.deliver()
  const said = [...stage.said]
  b.leave(1)
  a.leave(2)
  stage.kill(b)
  stage.pass(limits.instanceSilence + 2 * limits.beat)
  for (const message of said) if (message.from === 'b') stage.say(message)
  stage.pass(1_000)
  // Nobody is there.
  a.enter(3)
  stage.deliver()
  assert.deepEqual(news(a, 3), ['connected'])
})

test('bytes that make no sense are ignored', () => {
  const stage = new ClusterStage(['a', 'b'])
  const [a] = stage.instances as [Instance]
  for (let length = 0; length < 40; length++)
    a.handle({ on: 'published', from: 'b', bytes: new Uint8Array(length).fill(length * 7) })
  a.enter(1)
  stage.deliver()
  assert.deepEqual(news(a, 1), ['connected'])
})
