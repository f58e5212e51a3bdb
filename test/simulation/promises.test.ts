// The promises of the mesh, each in a small simulated world with exactly the fault that it is about.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { SignalingState, WebGroupState } from '../../src/core/states.js'
import { SimulatedBot } from './bot.js'
import type { Member } from './member.js'
import { eventsTellTheTruth } from './checkers/events.js'
import { arriveUnchanged, everythingArrived, nothingLost } from './checkers/messages.js'
import { nothingHeld } from './checkers/released.js'
import { transitionsAreDeclared } from './checkers/transitions.js'
import { World } from './world.js'

const KEY = 'the key'

/** A world with so many members, all joined and linked with each other. */
function worldOf(
  size: number,
  seed = 1,
  prepare: (world: World) => void = () => {},
): { world: World; members: Member[] } {
  const world = new World(seed)
  prepare(world)
  const members = Array.from({ length: size }, (_, i) => world.addMember(`m${i}`))
  for (const member of members) {
    member.join(KEY)
    world.run(50)
  }
  assert.ok(
    world.runUntil(() => isWhole(members), 20_000),
    'the group is whole',
  )
  world.run(1_000)
  return { world, members }
}

const isWhole = (members: readonly Member[]) =>
  members.every((member) => member.isJoined && member.others.length === members.length - 1)

const isMeshed = (members: readonly Member[]) =>
  members.every((member) => member.group.neighbors.length === members.length - 1)

function member(members: readonly Member[], index: number): Member {
  const found = members[index]
  assert.ok(found)
  return found
}

function assertTruth(members: readonly Member[]): void {
  assert.deepEqual(nothingLost(members), [])
  assert.deepEqual(everythingArrived(members.filter((one) => one.isJoined)), [])
  for (const one of members) {
    assert.deepEqual(eventsTellTheTruth(one), [])
    assert.deepEqual(transitionsAreDeclared(one), [])
    assert.deepEqual(arriveUnchanged(one), [])
  }
}

const leavesSeenBy = (one: Member) => one.told.filter((told) => told.type === 'memberLeave')
const errorsOf = (one: Member) => one.told.flatMap((told) => (told.type === 'error' ? [told.error.code] : []))

describe('joining', () => {
  for (const size of [2, 3, 8, 20])
    it(`${size} members who join one after another are all linked with each other`, () => {
      const { world, members } = worldOf(size)
      assert.ok(world.runUntil(() => isMeshed(members), 10_000))
      assertTruth(members)
    })

  for (const size of [2, 8, 20])
    it(`${size} members who join at once are all linked with each other`, () => {
      const world = new World(3)
      const members = Array.from({ length: size }, (_, i) => world.addMember(`m${i}`))
      for (const one of members) one.join(KEY)
      assert.ok(world.runUntil(() => isWhole(members) && isMeshed(members), 5_000))
      assertTruth(members)
    })

  it('a member has heard of everyone before it is JOINED, and everyone of it soon after', () => {
    const { world, members } = worldOf(6)
    const late = world.addMember('late')
    late.join(KEY)
    assert.ok(world.runUntil(() => late.isJoined, 5_000))
    assert.equal(late.others.length, members.length)
    assert.ok(world.runUntil(() => members.every((one) => one.others.includes(late.group.myId)), 500))
  })

  it('members with another key share nothing, not even the room', () => {
    const { world, members } = worldOf(3)
    const stranger = world.addMember('stranger')
    stranger.join('another key')
    world.run(5_000)
    for (const one of members) one.send(100)
    world.run(1_000)
    assert.deepEqual(stranger.others, [])
    assert.equal(stranger.received.length, 0)
    assert.notEqual(stranger.group.id, member(members, 0).group.id)
  })

  it('join, leave, join in one turn makes one member, and others see one join', () => {
    const { world, members } = worldOf(2)
    const strict = world.addMember('strict')
    strict.join(KEY)
    strict.leave()
    strict.join(KEY)
    world.run(5_000)
    const joins = member(members, 0).told.filter((told) => told.type === 'memberJoin')
    assert.equal(joins.length, 2)
    assert.deepEqual(leavesSeenBy(member(members, 0)), [])
  })
})

describe('messages', () => {
  it('of any size arrive in order and once, in all directions at once', () => {
    const { world, members } = worldOf(4)
    for (const one of members) for (const size of [0, 1, 20_000, 0, 300_000, 5, 40_000]) one.send(size)
    world.run(5_000)
    assertTruth(members)
    for (const one of members) assert.equal(one.received.length, 3 * 7)
  })

  it('private ones reach one member only, in order with the broadcast ones', () => {
    const { world, members } = worldOf(3)
    const [a, b, c] = [member(members, 0), member(members, 1), member(members, 2)]
    for (let i = 0; i < 10; i++) {
      a.send(10)
      a.send(10, b.group.myId)
    }
    world.run(1_000)
    assert.equal(b.received.length, 20)
    assert.equal(c.received.length, 10)
    assertTruth(members)
  })

  it('between a pair without a direct link go through a common neighbour', () => {
    const { world, members } = worldOf(3, 5, (world) => world.forbid('m1', 'm2'))
    const [, b, c] = [member(members, 0), member(members, 1), member(members, 2)]
    assert.equal(b.group.link(c.group.myId)?.kind, 'relayed')
    for (let i = 0; i < 20; i++) b.send(i % 3 ? 100 : 60_000)
    world.run(5_000)
    assertTruth(members)
    assert.ok(
      errorsOf(b).includes('PEER_UNREACHABLE') ||
        errorsOf(c).includes('PEER_UNREACHABLE') ||
        world.runUntil(() => errorsOf(b).length + errorsOf(c).length > 0, 20_000),
    )
  })

  it('arrive once when their path changes in the midst of them', () => {
    const { world, members } = worldOf(3)
    const [a, b] = [member(members, 0), member(members, 1)]
    for (let i = 0; i < 30; i++) {
      a.send(50_000)
      b.send(10)
      if (i === 10) world.cut('m0', 'm1')
      if (i === 25) world.heal('m0', 'm1')
      world.run(300)
    }
    world.run(30_000)
    assertTruth(members)
    assert.deepEqual(leavesSeenBy(a), [])
  })

  it('sent during a cut of 10 s all arrive after it', () => {
    const { world, members } = worldOf(2)
    const [a, b] = [member(members, 0), member(members, 1)]
    world.cut('m1')
    for (let i = 0; i < 10; i++) {
      a.send(1000)
      b.send(1000)
      world.run(1_000)
    }
    world.heal('m1')
    world.run(20_000)
    assertTruth(members)
    assert.equal(a.received.length, 10)
    assert.equal(b.received.length, 10)
  })

  it('sent over a WebSocket while a member and its bot are cut off from everything for 60 s all arrive after it', () => {
    const world = new World(4)
    const one = world.addMember('m0')
    const bot = new SimulatedBot(world, 'bot', 'ws://bot:1/')
    one.join(KEY)
    world.run(500)
    one.invite(bot.url)
    assert.ok(world.runUntil(() => isWhole([one, ...bot.groups.values()]) && bot.groups.size === 1, 5_000))
    const both = [one, ...bot.groups.values()]
    for (const host of ['m0', 'bot']) world.cut(host)
    for (let i = 0; i < 12; i++) {
      for (const each of both) each.send(1000)
      world.run(5_000)
    }
    world.healAll()
    world.run(25_000)
    assertTruth(both)
    for (const each of both) assert.deepEqual([each.received.length, leavesSeenBy(each)], [12, []])
  })

  it('sent while everything is cut off for 60 s all arrive after it', () => {
    const { world, members } = worldOf(2)
    const [a, b] = [member(members, 0), member(members, 1)]
    world.cut('m0')
    world.cut('m1')
    for (let i = 0; i < 12; i++) {
      a.send(1000)
      b.send(1000)
      world.run(5_000)
    }
    world.healAll()
    world.run(60_000)
    assertTruth(members)
    assert.deepEqual([...leavesSeenBy(a), ...leavesSeenBy(b)], [])
    assert.equal(b.received.length, 12)
  })
})

describe('leaving', () => {
  it('is seen by all at once, after everything that was sent before', () => {
    const { world, members } = worldOf(4)
    const leaver = member(members, 0)
    leaver.send(200_000)
    leaver.send(5)
    leaver.leave()
    world.run(300)
    for (const one of members.slice(1)) {
      assert.equal(one.received.length, 2)
      assert.equal(leavesSeenBy(one).length, 1)
    }
    assertTruth(members)
  })

  it('releases everything within 2 s, even when nobody answers', () => {
    const { world, members } = worldOf(3)
    for (const one of members.slice(1)) one.kill()
    world.cut('m0')
    member(members, 0).send(1_000_000)
    member(members, 0).leave()
    world.run(2_000)
    assert.deepEqual(nothingHeld(member(members, 0)), [])
  })

  it('a crashed member is seen to leave within 1.5 s while Sigver is there', () => {
    const { world, members } = worldOf(3)
    member(members, 2).kill()
    assert.ok(world.runUntil(() => members.slice(0, 2).every((one) => leavesSeenBy(one).length === 1), 1_500))
  })

  it('a crashed member is seen to leave within 7 s without Sigver', () => {
    const { world, members } = worldOf(3)
    world.killSigver()
    world.run(1_000)
    world.network.freeze('m2') // its sockets stay open, as after a power cut
    assert.ok(world.runUntil(() => members.slice(0, 2).every((one) => leavesSeenBy(one).length === 1), 7_000))
  })

  it('a member that is stopped for 15 s keeps its place, and gets everything', () => {
    const { world, members } = worldOf(3)
    world.network.freeze('m2')
    for (let i = 0; i < 15; i++) {
      member(members, 0).send(1000)
      world.run(1_000)
    }
    world.network.wake('m2')
    world.run(5_000)
    assert.deepEqual(members.flatMap(leavesSeenBy), [])
    assert.equal(member(members, 2).received.length, 15)
    assertTruth(members)
  })

  it('a member that is stopped for 60 s leaves, and comes back by itself', () => {
    const { world, members } = worldOf(3)
    world.network.freeze('m2')
    world.run(60_000)
    assert.equal(leavesSeenBy(member(members, 0)).length, 1)
    world.network.wake('m2')
    assert.ok(world.runUntil(() => isWhole(members), 60_000))
    member(members, 0).send(10)
    world.run(2_000)
    assertTruth(members)
  })
})

describe('Sigver', () => {
  it('can be away while members talk, and a fourth joins when it is back', () => {
    const { world, members } = worldOf(3)
    world.killSigver()
    world.run(5_000)
    for (const one of members) one.send(100)
    world.run(1_000)
    assert.ok(members.every((one) => one.group.state === WebGroupState.JOINED && one.received.length === 2))
    assert.ok(members.every((one) => one.group.signalingState !== SignalingState.CHECKED))
    world.startSigver()
    world.run(20_000)
    assert.ok(members.every((one) => one.group.signalingState === SignalingState.CHECKED))
    const fourth = world.addMember('m3')
    fourth.join(KEY)
    assert.ok(world.runUntil(() => isWhole([...members, fourth]), 2_000))
    assertTruth([...members, fourth])
  })

  it('that restarts with an empty memory tears nobody apart', () => {
    const { world, members } = worldOf(5)
    for (let i = 0; i < 3; i++) {
      world.killSigver()
      world.run(500)
      world.startSigver()
      world.run(20_000)
    }
    assert.deepEqual(members.flatMap(leavesSeenBy), [])
    assert.ok(isWhole(members))
  })

  it('heals a group that a partition had split', () => {
    const { world, members } = worldOf(4)
    for (const a of ['m0', 'm1']) for (const b of ['m2', 'm3']) world.cut(a, b)
    assert.ok(
      world.runUntil(() => members.every((one) => one.others.length === 1), 60_000),
      'two halves',
    )
    world.healAll()
    assert.ok(world.runUntil(() => isWhole(members), 120_000))
    for (const one of members) one.send(10)
    world.run(5_000)
    assertTruth(members)
  })
})

describe('a bot', () => {
  const BOT = 'ws://bot:1/'

  it('that many invite at once becomes one member', () => {
    const { world, members } = worldOf(4)
    const bot = new SimulatedBot(world, 'bot', BOT)
    for (const one of members) one.driver.submit({ on: 'invite', url: BOT, invitation: 1 })
    world.run(5_000)
    assert.equal(bot.groups.size, 1)
    const ids = new Set(
      members.flatMap((one) => one.told.flatMap((told) => (told.type === 'invited' ? [told.id] : []))),
    )
    assert.deepEqual([...ids], [[...bot.groups.values()][0]?.group.myId])
    assert.ok(isWhole([...members, ...bot.groups.values()]))
  })

  it('leaves when all others said goodbye', () => {
    const { world, members } = worldOf(2)
    const bot = new SimulatedBot(world, 'bot', BOT)
    member(members, 0).driver.submit({ on: 'invite', url: BOT, invitation: 1 })
    world.run(3_000)
    member(members, 0).leave()
    world.run(3_000)
    assert.equal(bot.groups.size, 1)
    member(members, 1).leave()
    world.run(3_000)
    assert.equal(bot.groups.size, 0)
  })

  it('relays for members who cannot reach each other', () => {
    const world = new World(9)
    world.forbid('m0', 'm1')
    const members = [world.addMember('m0'), world.addMember('m1')]
    const bot = new SimulatedBot(world, 'bot', BOT)
    member(members, 0).join(KEY)
    world.run(500)
    member(members, 0).driver.submit({ on: 'invite', url: BOT, invitation: 1 })
    world.run(1_000)
    member(members, 1).join(KEY)
    assert.ok(world.runUntil(() => isWhole([...members, ...bot.groups.values()]), 30_000))
    assert.equal(member(members, 0).group.link(member(members, 1).group.myId)?.kind, 'relayed')
  })
})

describe('a slow member', () => {
  it('that takes nothing for 30 s is cut off with a reason, and others lose nothing', () => {
    const { world, members } = worldOf(3)
    world.network.freeze('m2')
    for (let i = 0; i < 35; i++) {
      member(members, 0).send(100_000)
      world.run(1_000)
    }
    assert.equal(leavesSeenBy(member(members, 0)).length, 1)
    assert.equal(member(members, 1).received.length, 35)
  })

  it('does not hold back what is sent to others', () => {
    const { world, members } = worldOf(3)
    world.network.freeze('m2')
    const sender = member(members, 0)
    for (let i = 0; i < 100; i++) sender.send(100_000)
    world.run(limits.slow + limits.tick + 500)
    assert.ok(sender.group.hasRoom)
    assert.equal(member(members, 1).received.length, 100)
  })
})
