// Who is given up, which link is, and who is not: members who hear nothing of each other, or not over every link.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { allLinked, type Member } from './meshStage.js'

const leavesIn = ({ facts }: Member) => facts.filter(({ fact }) => fact === 'leave').length

it('who was stopped gives up nobody: they answer as soon as it listens again', () => {
  const { stage, one } = allLinked(2)
  stage.pass(limits.quiet + limits.tick) // its ping is not answered yet
  stage.now += 2 * limits.watchedDead
  one.fire('tick/1')
  assert.equal(leavesIn(one), 0)
  stage.settle(2 * limits.quiet)
  assert.deepEqual(stage.members.map(leavesIn), [0, 0])
})

it('who answers nothing is given up in the end, and not before', () => {
  const { stage, one } = allLinked(2)
  stage.world.silence(1, 2)
  stage.settle(limits.watchedDead)
  assert.deepEqual(one.view, [2])
  stage.settle(limits.quiet + limits.tick)
  assert.deepEqual(one.view, [])
})

it('of who answers nothing Sigver is told nothing long before that', () => {
  const { stage, one } = allLinked(2)
  assert.equal(one.mesh.view.connected.length, 1)
  stage.world.silence(1, 2)
  stage.settle(limits.quiet + limits.suspectLink + 2 * limits.tick)
  assert.equal(one.mesh.view.connected.length, 0)
  assert.deepEqual(one.view, [2])
})

it('who hears of nobody, and of Sigver neither, waits long before it gives up anyone', () => {
  const { stage, one } = allLinked(2)
  one.watch = 'silent'
  stage.world.silence(1, 2)
  stage.settle(limits.cutOff)
  assert.deepEqual(one.view, [2])
  stage.settle(limits.quiet)
  assert.deepEqual(one.view, [])
})

it('whose transport closed has a second to answer on another path', () => {
  const { stage, one } = allLinked(2)
  stage.world.cut(1, 2)
  stage.settle(limits.suspectDead - limits.tick)
  assert.deepEqual(one.view, [2])
  stage.settle(2 * limits.tick)
  assert.deepEqual(one.view, [])
})

it('a member at whom Sigver hints has a second to answer', () => {
  const { stage, one, two } = allLinked(2)
  one.act(() => one.mesh.hint([two.name]))
  stage.settle(limits.suspectDead + limits.tick)
  assert.deepEqual(one.view, [2])
  stage.world.silence(1, 2)
  one.act(() => one.mesh.hint([two.name]))
  stage.settle(limits.suspectDead - limits.tick)
  assert.deepEqual(one.view, [2])
  stage.settle(2 * limits.tick)
  assert.deepEqual(one.view, [])
})

it('a member at whom Sigver hints is not spoken to in that moment: its channel may be closing', () => {
  const { stage, one, two } = allLinked(2)
  one.act(() => one.mesh.hint([two.name]))
  assert.equal(stage.step(0), false)
  stage.pass(limits.tick)
  assert.equal(stage.step(0), true)
})

it('a round trip is told in milliseconds', () => {
  const { stage, one, two } = allLinked(2)
  one.act(() => one.mesh.hint([two.name]))
  stage.pass(limits.tick)
  stage.now += 30
  while (stage.step(0)) continue
  assert.equal(one.mesh.view.reach(2)?.rtt, 30)
})

it('a link over which nothing comes is avoided, and replaced when its member answers elsewhere', () => {
  const { stage, one, two } = allLinked(3)
  stage.settle(limits.announceAnyway) // or they do not know yet that there is a way around
  stage.world.silence(1, 2)
  stage.settle(limits.quiet + limits.suspectLink + 1_000)
  assert.equal(one.mesh.view.reach(2)?.kind, 'relayed')
  stage.settle(5 * limits.suspectLink)
  assert.equal(one.mesh.view.reach(2)?.kind, 'datachannel')
  assert.equal(one.tries.rtc + two.tries.rtc, 4) // with two, with three, and anew from both ends
  assert.deepEqual(stage.members.map(leavesIn), [0, 0, 0])
})

it('who is linked with an earlier life of a member is not linked with it', () => {
  const { one, two } = allLinked(2)
  assert.equal(one.mesh.view.isLinked(two.name), true)
  assert.equal(one.mesh.view.isLinked({ ...two.name, incarnation: 'ffffffffffffffff' }), false)
})
