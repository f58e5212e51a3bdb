// What a member does about its neighbours: those whom Sigver introduces again, who said goodbye, who were given up.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NO_ANSWER } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { Neighbor, Stage } from './groupStage.js'
import { allLinked, type Member, MeshStage } from './meshStage.js'

const channels = Array.from({ length: 10 }, (_, channel) => channel)
const channelsOf = ({ mesh }: Member) => channels.filter((channel) => mesh.owns(channel))
const dialsOf = (...members: readonly Member[]) => members.reduce((sum, { tries }) => sum + tries.rtc, 0)

it('a neighbour to whom Sigver introduces is asked, not dialed', () => {
  const { stage, one, two } = allLinked(2)
  one.introduce(two)
  stage.settle(2 * limits.suspectLink)
  assert.equal(dialsOf(one, two), 1)
})

it('a neighbour to whom Sigver introduces, and that answers nothing, is dialed anew', () => {
  const { stage, one, two } = allLinked(2)
  stage.world.silence(1, 2)
  one.introduce(two)
  stage.settle(limits.suspectLink + limits.introduction)
  assert.equal(dialsOf(one, two), 2)
  assert.deepEqual([one.view, two.view], [[2], [1]])
})

it('whose transport gave up for want of an answer may be asleep: that does not speak against it', () => {
  for (const [code, view] of [
    [NO_ANSWER, [2]],
    [0, []],
  ] as const) {
    const { stage, one } = allLinked(2)
    stage.world.silence(1, 2)
    const [channel = 0] = channelsOf(one)
    one.act(() => one.mesh.handle({ on: 'closed', channel, code, reason: '' }))
    stage.settle(limits.suspectDead + 2 * limits.tick)
    assert.deepEqual(one.view, view)
  }
})

it('who is given up loses its link in the same moment', () => {
  const { stage, one } = allLinked(2)
  stage.world.silence(1, 2)
  stage.settle(limits.watchedDead)
  const latest = stage.now + limits.quiet + limits.tick
  while (one.view.length > 0 && stage.now < latest) stage.settle(1)
  assert.deepEqual([one.view, channelsOf(one)], [[], []])
})

it('who sends a message that makes no sense loses its link, and users are told', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.sendBlock(Uint8Array.of(7))
  const told = stage.told.filter((word) => !word.startsWith('signaling'))
  assert.deepEqual(told.slice(-2), ['memberLeave', 'PEER_GARBAGE'])
  assert.deepEqual(stage.hungUp, [three.channel])
})

it('an invitation that comes to nothing is told, and whether the bot refused', () => {
  for (const [code, word] of [
    [1006, 'INVITE_FAILED'],
    [peerCloseCodes.uninvited, 'INVITE_REFUSED'],
    [peerCloseCodes.busy, 'INVITE_REFUSED'],
  ] as const) {
    const stage = new Stage().joinAlone().handle({ on: 'invite', url: 'ws://bot/', invitation: 7 })
    stage.handle({ on: 'closed', channel: 2, code, reason: '' })
    const failures = stage.events.flatMap((event) =>
      event.type === 'inviteFailed' ? [[event.invitation, event.error.code]] : [],
    )
    assert.deepEqual(failures, [[7, word]])
  }
})

it('who leaves dials nobody any more, whoever asks', () => {
  const stage = new MeshStage(
    [1, 2, 3].map(() => ({ listens: false, rtc: true })),
    () => true,
  )
  const [one, two, three] = [stage.member(1), stage.member(2), stage.member(3)]
  one.introduce(two)
  stage.settle(1_000)
  stage.world.silence(1, 2) // so that the goodbye is not acknowledged, and the leaver not gone at once
  const before = dialsOf(two)
  two.act(() => two.mesh.leave())
  three.introduce(two)
  stage.settle(limits.farewell - limits.tick)
  assert.equal(channelsOf(two).length, 1)
  assert.equal(dialsOf(two), before)
})

it('who said goodbye opens nothing any more', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.sayGoodbye()
  const before = three.heard.length
  three.open()
  three.open()
  assert.equal(three.heard.length, before)
  assert.equal(stage.told.filter((word) => word === 'memberJoin').length, 1)
})

it('who said goodbye and does not go is hung up on', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.sayGoodbye()
  stage.pass(limits.farewell - limits.tick)
  assert.deepEqual(stage.hungUp, [])
  stage.pass(2 * limits.tick)
  assert.deepEqual(stage.hungUp, [three.channel])
})

it('only neighbours tell of others: what was passed on is none of theirs', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  const isFiveMet = () =>
    three.heard.some((frame) => frame.type === 'open' && frame.peerIncarnation === '0000000000000005')
  const { myId } = stage.group
  const five = { id: 5, incarnation: '0000000000000005', version: 1, neighbors: [3], url: '', rtc: false }
  three.announce(3, [myId, 5], 2)
  const frame = { type: 'announcements', members: [five] } as const
  three.say(frame, undefined, { from: 4, to: myId, hops: 0 })
  stage.pass(limits.tick)
  assert.equal(isFiveMet(), false)
  three.say(frame)
  stage.pass(limits.tick)
  assert.equal(isFiveMet(), true)
})
