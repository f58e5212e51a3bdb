// How soon silence is noticed, and what is asked meanwhile: of members who answer by another way, or do not acknowledge.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Neighbor, Stage } from './groupStage.js'
import { allLinked } from './meshStage.js'

const leaves = (facts: readonly { readonly fact: string }[]) =>
  facts.filter(({ fact }) => fact === 'leave').length

it('who is silent on its link is asked through others before it is given up, also while Sigver is away', () => {
  const { stage, one } = allLinked(3)
  for (const member of stage.members) member.watch = 'away'
  stage.world.silence(1, 2)
  stage.settle(limits.quietAlone + limits.suspectLink + limits.aloneDead)
  assert.equal(one.mesh.view.reach(2)?.kind, 'relayed')
  assert.deepEqual(
    stage.members.map(({ facts }) => leaves(facts)),
    [0, 0, 0],
  )
})

it('who hears of the only other member nothing, while Sigver is away, does not wait as one that is cut off', () => {
  const { stage, one } = allLinked(2)
  one.watch = 'away'
  stage.world.silence(1, 2)
  stage.settle(limits.aloneDead)
  assert.deepEqual(one.view, [2])
  stage.settle(limits.quietAlone + 2 * limits.tick)
  assert.deepEqual(one.view, [])
})

it('who does not acknowledge is doubted sooner than who has nothing to say', () => {
  const { stage, one } = allLinked(2)
  stage.world.silence(1, 2)
  one.act(() => one.mesh.send('to be acknowledged', undefined, true))
  stage.settle(limits.quietAlone + limits.suspectLink + 4 * limits.tick)
  assert.ok(limits.quietAlone + 4 * limits.tick < limits.quiet)
  assert.deepEqual(one.mesh.view.connected, [])
})

it('who asks for somebody that had my id before me is told that I do not know of it', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.say({ type: 'ping', number: 7, tag: 99 })
  assert.deepEqual(three.heard.at(-1), { type: 'reset', tag: 99 })
  three.say({ type: 'ping', number: 7, tag: three.session })
  assert.deepEqual(three.heard.at(-1), { type: 'pong', number: 7 })
})

it('an answer from the future tells nothing of the round trip', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  stage.now += 30
  three.say({ type: 'pong', number: 0 })
  assert.equal(stage.group.link(3)?.rtt, 30)
  three.say({ type: 'pong', number: 10 * stage.now + 1 })
  assert.equal(stage.group.link(3)?.rtt, 30)
})

it('what was not answered while I was cut off counts against nobody afterwards', () => {
  const { stage, one } = allLinked(2)
  for (const member of stage.members) member.watch = 'silent'
  stage.world.silence(1, 2)
  stage.settle(limits.cutOff / 2)
  for (const member of stage.members) member.watch = 'watching'
  stage.settle(2 * limits.tick)
  assert.deepEqual(one.view, [2])
})

it('a link that speaks again is used again', () => {
  const { stage, one } = allLinked(2)
  stage.pass(limits.quiet + limits.suspectLink + 2 * limits.tick) // what is sent arrives late
  assert.deepEqual(one.mesh.view.connected, [])
  stage.settle(limits.tick)
  assert.equal(one.mesh.view.connected.length, 1)
})

it('who loses its only link while Sigver does not answer either takes itself for the one that is cut off', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  stage.handle({ on: 'closed', channel: three.channel, code: 1006, reason: '' })
  stage.pass(limits.heartbeatAnswer - limits.tick) // Sigver is asked, and not given up yet
  assert.equal(stage.told.includes('memberLeave'), false)
})
