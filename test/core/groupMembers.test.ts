// A group whose last member goes or is lost, whose network goes, or that was left: what begins anew, and what is over.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { SignalingState, WebGroupState } from '../../src/core/states.js'
import { Neighbor, present, Stage } from './groupStage.js'

const offline = { on: 'environment', online: false, visible: true } as const

/** JOINED, with one other member. */
function pair(): { readonly stage: Stage; readonly three: Neighbor } {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  stage.events.length = 0
  return { stage, three }
}

const isAloneTold = ({ events }: Stage) => events.some(({ type }) => type === 'alone')

describe('the last other member', () => {
  it('that is lost without a goodbye: I begin anew, and ask Sigver who else is there', () => {
    const { stage, three } = pair()
    const asked = stage.toSigver.length
    stage.handle({ on: 'closed', channel: three.channel, code: 1006, reason: '' })
    // Sigver answers: it is not I who is cut off from everyone.
    stage.pass(limits.tick).fromSigver({ type: 'pong' }).pass(limits.suspectDead)
    assert.deepEqual(stage.topologies, ['IDLE'])
    const questions = stage.toSigver.slice(asked).filter((frame) => 'claim' in frame && frame.claim.check)
    assert.equal(questions.length, 1)
  })

  it('that says goodbye leaves a bot alone, which is told so', () => {
    const { stage, three } = pair()
    assert.equal(isAloneTold(stage), false)
    three.sayGoodbye()
    assert.equal(isAloneTold(stage), true)
  })

  it('of whom Sigver knows nothing either: a bot is told that it is alone', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    assert.equal(isAloneTold(stage), false)
    stage.fromSigver({ type: 'connected' })
    assert.equal(isAloneTold(stage), true)
  })

  it('that falls silent: Sigver is asked whether the fault is mine', () => {
    const { stage } = pair()
    const isAsked = () => stage.toSigver.at(-1)?.type === 'ping'
    stage.pass(limits.quiet - 2 * limits.tick)
    assert.equal(isAsked(), false)
    stage.pass(4 * limits.tick)
    assert.equal(isAsked(), true)
  })
})

describe('a neighbour', () => {
  it('is one when it is in view, not when it is linked', () => {
    const stage = new Stage().joinAlone()
    const three = new Neighbor(stage, 3)
    assert.deepEqual(stage.group.neighbors, [])
    three.open()
    assert.deepEqual(stage.group.neighbors, [3])
  })

  it('that leaves: Sigver is asked whether I am still connected, and an introduction to another one answers that', () => {
    const { stage } = pair()
    const four = new Neighbor(stage, 4).open()
    assert.equal(stage.group.signalingState, SignalingState.CHECKED)
    four.sayGoodbye()
    assert.equal(stage.group.signalingState, SignalingState.CHECKING)
    stage.fromSigver({
      type: 'introduction',
      peer: { id: 3, incarnation: '0000000000000003' },
      others: [],
      favored: [],
    })
    assert.equal(stage.group.signalingState, SignalingState.CHECKED)
  })

  it('hears the goodbye of a page that goes away', () => {
    const { stage, three } = pair()
    const goodbyes = () => three.heard.filter(({ type }) => type === 'data').length
    assert.equal(goodbyes(), 0)
    stage.handle({ on: 'pagehide' })
    assert.equal(goodbyes(), 1)
    assert.ok(stage.hungUp.includes(three.channel))
  })
})

describe('the network', () => {
  it('that is away speaks against nobody', () => {
    const { stage } = pair()
    stage.handle(offline).closed()
    stage.pass(limits.cutOff - limits.tick)
    assert.ok(!stage.told.includes('memberLeave'))
    stage.pass(limits.quiet)
    assert.ok(stage.told.includes('memberLeave'))
  })

  it('that comes back ends the pauses between the dials of a pair', () => {
    const { stage, three } = pair()
    three.announce(4, [3], 1, 'ws://four/')
    three.announce(3, [stage.group.myId, 4], 2)
    stage.pass(limits.tick)
    const fail = (channel: number) => stage.handle({ on: 'closed', channel, code: 1006, reason: '' })
    assert.equal(stage.peersDialed.size, 1)
    for (const channel of stage.peersDialed.keys()) fail(channel)
    stage.pass(limits.redial / 2)
    assert.equal(stage.peersDialed.size, 1)
    stage.handle(offline, present).pass(limits.tick)
    assert.equal(stage.peersDialed.size, 2)
  })
})

describe('a member that fills what may wait for JOINED', () => {
  it('is heard no further then, and again from then on', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    const three = new Neighbor(stage, 3).open()
    const text = 'x'.repeat(limits.fragment)
    const count = Math.ceil(limits.early / limits.fragment)
    for (let i = 0; i < count; i++) three.send(text)
    three.send('one too many')
    stage.opened().fromSigver({ type: 'connected' })
    const messages = () => stage.told.filter((word) => word === 'message').length
    assert.equal(messages(), count)
    three.repeat()
    assert.equal(messages(), 1)
  })
})

describe('a group that was left', () => {
  it('keeps no key, but if only its page went away', () => {
    const stage = new Stage().joinAlone().handle({ on: 'pagehide' })
    assert.equal(stage.group.key, 'the key')
    stage.handle({ on: 'pageshow' }, { on: 'leave' })
    assert.equal(stage.group.state, WebGroupState.LEFT)
    assert.equal(stage.group.key, '')
  })

  it('takes no socket any more: it is closed', () => {
    const stage = new Stage().joinAlone().handle({ on: 'leave' })
    stage.hungUp.length = 0
    const nothing = new Uint8Array(0)
    stage.handle({ on: 'adopted', channel: -9, nonce: nothing, hello: nothing })
    assert.deepEqual(stage.hungUp, [-9])
  })
})
