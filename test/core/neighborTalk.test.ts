// What goes over the link with a neighbour, and what does not: news of others, what was lost, what is not for me.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { goodbyeBlock } from '../../src/core/message.js'
import { Neighbor, Stage } from './groupStage.js'

/** JOINED, linked with 3 and 4, who have heard of each other. */
function three(): { readonly stage: Stage; readonly three: Neighbor; readonly four: Neighbor } {
  const stage = new Stage().joinAlone()
  const [three, four] = [new Neighbor(stage, 3).open(), new Neighbor(stage, 4).open()]
  stage.pass(100)
  return { stage, three, four }
}

/** When all is passed on, with few neighbours. */
const RETOLD = limits.restWindows * limits.announceWindow

/** The versions of this member's announcements that this neighbour was told. */
const toldOf = (id: number, { heard }: Neighbor): readonly number[] =>
  heard.flatMap((frame) =>
    frame.type === 'announcements'
      ? frame.members.flatMap((member) => (member.id === id ? [member.version] : []))
      : [],
  )

it('of a member that it is linked with a neighbour hears from that member only', () => {
  const { stage, three: neighbor, four } = three()
  const before = toldOf(3, four)
  neighbor.announce(3, [stage.group.myId, 4], 2)
  stage.pass(limits.announceWindow)
  assert.deepEqual(toldOf(3, four), before)
  neighbor.announce(3, [stage.group.myId], 3)
  stage.pass(RETOLD)
  assert.deepEqual(toldOf(3, four), [...before, 3])
})

it('what others tell of known members is passed on later, and only as it is then', () => {
  const { stage, three: neighbor, four } = three()
  neighbor.announce(5, [6])
  stage.pass(limits.announceWindow)
  assert.deepEqual(toldOf(5, four), [1])
  neighbor.announce(5, [6, 7], 2)
  stage.pass(limits.announceWindow)
  neighbor.announce(5, [6, 8], 3)
  assert.deepEqual(toldOf(5, four), [1])
  stage.pass(RETOLD)
  assert.deepEqual(toldOf(5, four), [1, 3])
})

it('what others tell of a member that nobody told of before does not wait for what does, nor takes it along', () => {
  const { stage, three: neighbor, four } = three()
  neighbor.announce(5, [6])
  stage.pass(limits.announceWindow)
  neighbor.announce(5, [6, 7], 2)
  neighbor.announce(6, [5])
  stage.pass(limits.announceWindow)
  assert.deepEqual([toldOf(5, four), toldOf(6, four)], [[1], [1]])
})

it('with more neighbours announcements take turns less often', () => {
  const stage = new Stage().joinAlone()
  const neighbors = Array.from({ length: 20 }, (_, index) => new Neighbor(stage, 3 + index).open())
  stage.pass(limits.restWindows * limits.announceCost * neighbors.length)
  neighbors[0]?.announce(50, [60])
  stage.pass(1)
  neighbors[0]?.announce(60, [50])
  assert.equal(stage.timers.get('announce/1'), stage.now - 1 + limits.announceCost * neighbors.length)
})

it('what a neighbour tells goes to the others, and not back', () => {
  const { stage, three: neighbor, four } = three()
  neighbor.announce(5, [6])
  stage.pass(limits.announceWindow)
  assert.deepEqual([toldOf(5, neighbor), toldOf(5, four)], [[], [1]])
  neighbor.announce(5, [6, 7], 2)
  stage.pass(RETOLD + limits.announceWindow)
  assert.deepEqual([toldOf(5, neighbor), toldOf(5, four)], [[], [1, 2]])
})

it('news is told at once, and what follows it soon together', () => {
  const { stage, three: neighbor } = three()
  neighbor.announce(5, [6])
  assert.equal(stage.timers.get('announce/1'), stage.now)
  stage.pass(1)
  neighbor.announce(6, [5])
  assert.equal(stage.timers.get('announce/1'), stage.now - 1 + limits.announceWindow)
})

it('what is still in the queue of a channel is not sent again', () => {
  const { stage, three: neighbor } = three()
  const blocks = () => neighbor.heard.filter(({ type }) => type === 'data').length
  const data = new Uint8Array(2 * limits.channelLow)
  stage.handle({ on: 'send', to: 3, data, ordered: true }, { on: 'turn' })
  const before = blocks()
  assert.ok(before > 0)
  const stay = () => {
    for (let passed = 0; passed < 3 * limits.resend; passed += limits.tick) {
      stage.pass(limits.tick)
      neighbor.say({ type: 'pong', number: 10 * stage.now })
    }
  }
  stay()
  assert.equal(blocks(), before)
  stage.handle({ on: 'drained', channel: neighbor.channel, queued: 0 })
  stay()
  assert.ok(blocks() > before)
})

it('that something is missing is said once, not for each block that follows', () => {
  const { three: neighbor } = three()
  const frame = { type: 'data', tag: neighbor.session, bulk: false, ack: 1, bulkAck: 1 } as const
  for (const number of [5, 6, 7]) neighbor.say({ ...frame, number }, Uint8Array.of(0))
  const gaps = neighbor.heard.filter((heard) => heard.type === 'ack' && heard.gap)
  assert.equal(gaps.length, 1)
})

it('who wants to speak with an earlier life of mine gets no answer', () => {
  const { stage, three: neighbor } = three()
  const before = neighbor.heard.length
  const [incarnation, peerIncarnation] = ['0000000000000005', 'ffffffffffffffff']
  neighbor.say({ type: 'open', tag: 1, peerTag: 0, incarnation, peerIncarnation, isOpen: false }, undefined, {
    from: 5,
    to: stage.group.myId,
    hops: 0,
  })
  assert.equal(neighbor.heard.length, before)
})

it('the two hellos name both ends of the session: that opens it, without another frame', () => {
  const stage = new Stage().joinAlone()
  const neighbor = new Neighbor(stage, 3, 7)
  assert.deepEqual(stage.group.members, [stage.group.myId, 3])
  assert.ok(!neighbor.heard.some((frame) => frame.type === 'open'))
  const data = { type: 'data', bulk: false, number: 1, ack: 1, bulkAck: 1 } as const
  neighbor.say({ ...data, tag: (7 ^ neighbor.greeting.tag) >>> 0 }, goodbyeBlock().bytes)
  assert.deepEqual(stage.told.slice(-2), ['memberJoin', 'memberLeave'])
})

it('a new link is told to the others after a while, once, and not to its own end again', () => {
  const stage = new Stage().joinAlone()
  const own = (neighbor: Neighbor) => toldOf(stage.group.myId, neighbor).length
  const three = new Neighbor(stage, 3).open()
  stage.pass(2 * RETOLD)
  const four = new Neighbor(stage, 4).open()
  const before = own(three)
  stage.pass(limits.announceLinks - 1)
  assert.deepEqual([own(three), own(four)], [before, 1])
  stage.pass(1)
  assert.deepEqual([own(three), own(four)], [before + 1, 1])
  stage.pass(RETOLD)
  assert.deepEqual([own(three), own(four)], [before + 1, 1])
})

it('a link to who is linked with others already is told to my neighbours later', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.announce(4, [3])
  three.announce(3, [stage.group.myId, 4], 2)
  stage.pass(2 * RETOLD)
  const before = toldOf(stage.group.myId, three).length
  new Neighbor(stage, 4).open()
  stage.pass(limits.announceAnyway - 1)
  assert.equal(toldOf(stage.group.myId, three).length, before)
  stage.pass(limits.announceWindow)
  assert.equal(toldOf(stage.group.myId, three).length, before + 1)
})

it('a new neighbour is told what it does not hear from its other ones, and in the end what it still lacks', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.announce(3, [stage.group.myId, 4, 5, 6], 2)
  three.announce(4, [3])
  three.announce(5, [3])
  three.announce(6, [3])
  three.announce(7, [8])
  stage.pass(2 * RETOLD)
  const four = new Neighbor(stage, 4).open()
  const told = () => [3, 5, 6, 7].filter((id) => toldOf(id, four).length > 0)
  assert.deepEqual(told(), [7])
  three.announce(5, [3, 4], 2)
  stage.pass(RETOLD + limits.announceWindow)
  assert.deepEqual(told(), [6, 7])
})

it('of a newcomer those hear at once whom its teller does not tell, and the others if they still lack it later', () => {
  const { stage, three: teller, four } = three()
  const five = new Neighbor(stage, 5).open()
  teller.announce(3, [stage.group.myId, 4], 2)
  stage.pass(2 * RETOLD)
  teller.announce(6, [3])
  stage.pass(limits.announceWindow)
  assert.deepEqual([toldOf(6, four), toldOf(6, five)], [[], [1]])
  stage.pass(RETOLD)
  assert.deepEqual([toldOf(6, four), toldOf(6, five)], [[1], [1]])
})

it('that a neighbour said goodbye is told to the others later, as it told them itself', () => {
  const { stage, three: neighbor, four } = three()
  stage.pass(2 * RETOLD)
  const before = toldOf(stage.group.myId, neighbor).length
  four.sayGoodbye()
  stage.pass(limits.announceAnyway - 1)
  assert.equal(toldOf(stage.group.myId, neighbor).length, before)
  stage.pass(1)
  assert.equal(toldOf(stage.group.myId, neighbor).length, before + 1)
})

it('that a link broke is told to the others at once', () => {
  const { stage, three: neighbor, four } = three()
  stage.pass(2 * RETOLD)
  const before = toldOf(stage.group.myId, neighbor).length
  stage.handle({ on: 'closed', channel: four.channel, code: 1006, reason: '' })
  stage.pass(limits.announceWindow)
  assert.equal(toldOf(stage.group.myId, neighbor).length, before + 1)
})

it('whom I dial right now I meet with the link, and if that takes long, through others', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  const opens = () => three.heard.filter((frame) => frame.type === 'open').length
  const before = opens()
  three.announce(3, [stage.group.myId, 4], 2)
  three.announce(4, [3], 1, 'wss://bot.example')
  stage.pass(limits.reopen - 1)
  assert.equal(opens(), before)
  stage.pass(limits.tick)
  assert.equal(opens(), before + 1)
})
