// The core of a WebGroup as a list of inputs and outputs: what users are told, in which order, and how it comes back.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { SignalingState, WebGroupState } from '../../src/core/states.js'
import { hidden, Neighbor, present, Stage } from './groupStage.js'

describe('joining', () => {
  it('the first member is told its id, the states in order, and JOINED once', () => {
    assert.deepEqual(new Stage().joinAlone().told, [
      'myId',
      'JOINING',
      'signaling CONNECTING',
      'signaling OPEN',
      'signaling CHECKING',
      'signaling CHECKED',
      'JOINED',
      'signaling CHECKING',
      'signaling CHECKED',
    ])
  })

  it('the topic is appended to the path of the signaling server', () => {
    const outputs = new Stage().group.handle({ on: 'join', key: 'the key' }, 0)
    const dial = outputs.find((output) => output.do === 'dial')
    assert.match(dial?.do === 'dial' ? dial.url : '', /^wss:\/\/sigver\.example\/some\/path\/[\w-]{43}$/)
  })

  it('a second join and a second leave do nothing', () => {
    const stage = new Stage().joinAlone()
    assert.ok(stage.told.length > 0)
    stage.handle({ on: 'join', key: 'another' })
    assert.deepEqual(stage.told, [])
    assert.equal(stage.group.key, 'the key')
    stage.handle({ on: 'leave' })
    assert.deepEqual(stage.told, ['LEFT', 'signaling CLOSED', 'released'])
    stage.handle({ on: 'leave' })
    assert.deepEqual(stage.told, [])
  })

  it('each life begins with a topology of its own', () => {
    const stage = new Stage().joinAlone()
    assert.deepEqual(stage.topologies, ['CONSTRUCTED'])
    stage.handle({ on: 'leave' })
    assert.deepEqual(stage.topologies, ['IDLE'])
    stage.joinAlone()
    assert.deepEqual(stage.topologies, ['CONSTRUCTED'])
  })

  it('on a hidden page it waits until the page is visible', () => {
    const stage = new Stage().handle(hidden, { on: 'join', key: 'the key' })
    assert.deepEqual(stage.told, ['myId', 'JOINING'])
    assert.deepEqual(stage.dialed, [])
    stage.handle(present)
    assert.deepEqual(stage.told, ['signaling CONNECTING'])
  })

  it('who is introduced stays CHECKING until a link is proven, and reports who does not answer', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    const peer = { id: 77, incarnation: '00000000000000aa' }
    stage.fromSigver({ type: 'introduction', peer, others: [], favored: [77] })
    assert.equal(stage.group.signalingState, SignalingState.CHECKING)
    assert.equal(stage.toSigver.at(-1)?.type, 'relay')
    stage.now += limits.introduction
    stage.handle({ on: 'timer', timer: 'tick/1' })
    assert.deepEqual(stage.toSigver.at(-1), { type: 'unreachable', peer })
    assert.deepEqual(stage.told.at(-1), 'PEER_UNREACHABLE')
    stage.fromSigver({ type: 'connected' })
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('a process that holds as many peer connections as it may says so with a code', () => {
    const stage = new Stage().joinAlone().handle({ on: 'invite', url: 'ws://bot/', invitation: 1 })
    stage.handle({ on: 'closed', channel: 2, code: 0, reason: 'TOO_MANY_CONNECTIONS: all are in use' })
    assert.ok(stage.told.includes('TOO_MANY_CONNECTIONS'))
  })

  it('a sealed message that is not sealed with the key is a stranger’s, and the introduction is over', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    const peer = { id: 77, incarnation: '00000000000000aa' }
    stage.fromSigver(
      { type: 'introduction', peer, others: [], favored: [] },
      { type: 'relay', peer, payload: new Uint8Array(100) },
    )
    assert.deepEqual(stage.toSigver.at(-1), { type: 'unreachable', peer })
    assert.ok(stage.told.includes('PEER_REFUSED'))
  })
})

describe('a member', () => {
  /** Linked with 3, and still waiting for Sigver. */
  function early() {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    const three = new Neighbor(stage, 3).open()
    assert.deepEqual(stage.told, ['myId', 'JOINING', 'signaling CONNECTING', 'memberJoin'])
    return { stage, three }
  }

  it('that talks before I am JOINED is heard then, once', () => {
    const { stage, three } = early()
    three.send('early')
    assert.equal(stage.told.length, 0)
    stage.opened().fromSigver({ type: 'connected' })
    const told = stage.told.filter((word) => !word.startsWith('signaling'))
    assert.deepEqual(told, ['JOINED', 'message'])
  })

  it('that talks and leaves before I am JOINED is not heard after that', () => {
    const { stage, three } = early()
    three.send('early')
    three.sayGoodbye()
    assert.deepEqual(stage.told, ['memberLeave'])
    stage.opened().fromSigver({ type: 'connected' })
    const told = stage.told.filter((word) => !word.startsWith('signaling'))
    assert.deepEqual(told, ['JOINED'])
  })

  it('that I only hear of holds up JOINED no longer than it may', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    const three = new Neighbor(stage, 3)
    three.announce(3, [stage.group.myId, 4], 2)
    three.announce(4, [3])
    three.open()
    stage.now += limits.construction - 1
    stage.handle({ on: 'timer', timer: 'tick/1' })
    assert.equal(stage.group.state, WebGroupState.JOINING)
    stage.now += 1
    stage.handle({ on: 'timer', timer: 'tick/1' })
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('in view is told to leave before I get another id, which Sigver may ask of who is JOINED, too', () => {
    const { stage } = early()
    stage.opened().fromSigver({ type: 'connected' })
    const first = stage.group.myId
    assert.equal(stage.told.at(-1), 'JOINED')
    stage.closed(closeCodes.idTaken)
    assert.deepEqual(stage.told, ['signaling CLOSED', 'memberLeave', 'myId', 'JOINING'])
    assert.notEqual(stage.group.myId, first)
  })
})

describe('Sigver', () => {
  it('lost while JOINED leaves the group JOINED; the outage is told once, however often it is tried', () => {
    const stage = new Stage().joinAlone()
    assert.equal(stage.told.at(-1), 'signaling CHECKED')
    stage.closed()
    assert.deepEqual(stage.told, ['SIGNALING_UNREACHABLE', 'signaling CLOSED'])
    for (let i = 0; i < 5; i++) {
      stage.ring('reconnect').closed()
      assert.deepEqual(stage.told, ['signaling CONNECTING', 'signaling CLOSED'])
    }
    stage.ring('reconnect').opened().fromSigver({ type: 'connected' })
    assert.deepEqual(stage.told, [
      'signaling CONNECTING',
      'signaling OPEN',
      'signaling CHECKING',
      'signaling CHECKED',
    ])
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('is tried again after pauses that grow to a bound', () => {
    const stage = new Stage().joinAlone().closed()
    const start = stage.dialed.length
    for (let i = 0; i < 12; i++) stage.ring('reconnect').closed()
    const times = stage.dialed.slice(start)
    const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    assert.ok((pauses[0] ?? 0) >= limits.reconnect && (pauses[0] ?? 0) <= 4 * limits.reconnect)
    for (const pause of pauses) assert.ok(pause <= 1.5 * limits.reconnectMost)
    assert.ok((pauses.at(-1) ?? 0) >= limits.reconnectMost)
  })

  it('missing from the beginning: the group stays JOINING and gets a new id with each try', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    const first = stage.group.myId
    stage.closed()
    assert.equal(stage.group.state, WebGroupState.JOINING)
    assert.notEqual(stage.group.myId, first)
    stage.ring('reconnect').opened().fromSigver({ type: 'connected' })
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('missing, without autoRejoin: the group is LEFT', () => {
    const stage = new Stage(false).handle({ on: 'join', key: 'the key' }).closed()
    assert.equal(stage.group.state, WebGroupState.LEFT)
    stage.handle(hidden, present)
    assert.equal(stage.group.state, WebGroupState.LEFT)
  })

  it('that refuses for good is not tried again', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened().closed(closeCodes.refused)
    assert.deepEqual(stage.told.slice(-4), ['SIGNALING_REFUSED', 'signaling CLOSED', 'LEFT', 'released'])
    assert.equal(stage.timers.has('reconnect'), false)
  })

  it('that answers garbage is left and tried again', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    stage.handle({ on: 'received', channel: 1, bytes: Uint8Array.of(255, 255, 255) })
    assert.ok(stage.told.includes('SIGNALING_GARBAGE'))
    assert.ok(stage.timers.has('reconnect'))
  })

  it('that says my id is taken gives me a new one', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
    const first = stage.group.myId
    stage.closed(closeCodes.idTaken)
    assert.notEqual(stage.group.myId, first)
    assert.equal(stage.group.state, WebGroupState.JOINING)
    stage.ring('reconnect').opened().fromSigver({ type: 'connected' })
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('that accepts no connection in time is given up and tried again', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    assert.equal(stage.timers.get('heartbeat'), limits.signalingDial)
    stage.ring('heartbeat')
    assert.equal(stage.group.signalingState, SignalingState.CLOSED)
    assert.ok(stage.told.includes('SIGNALING_UNREACHABLE'))
    assert.ok(stage.timers.has('reconnect'))
  })

  it('that answers what nobody asked changes nothing', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    new Neighbor(stage, 3)
    stage.opened().fromSigver({ type: 'connected' })
    assert.equal(stage.group.signalingState, SignalingState.OPEN)
  })

  it('that falls silent is found out by its heartbeat', () => {
    const stage = new Stage().joinAlone()
    stage.now += 1_000
    stage.fromSigver({ type: 'pong' })
    assert.equal(stage.timers.get('heartbeat'), stage.now + limits.heartbeat)
    stage.ring('heartbeat')
    assert.deepEqual(stage.toSigver.at(-1), { type: 'ping' })
    stage.ring('heartbeat')
    assert.equal(stage.group.signalingState, SignalingState.CLOSED)
  })
})

describe('leaving', () => {
  it('is over when the last life is: not while another one has begun', () => {
    const stage = new Stage().handle({ on: 'join', key: 'the key' })
    new Neighbor(stage, 3).open() // which acknowledges no goodbye
    stage.handle({ on: 'leave' }, { on: 'join', key: 'the key' }, { on: 'timer', timer: 'farewell/1' })
    assert.ok(!stage.told.includes('released'))
    stage.handle({ on: 'leave' })
    assert.equal(stage.told.filter((word) => word === 'released').length, 1)
  })
})

describe('the page', () => {
  it('that goes away leaves, and joins again when it comes back', () => {
    const stage = new Stage().joinAlone().handle({ on: 'pagehide' })
    assert.equal(stage.group.state, WebGroupState.LEFT)
    stage.handle({ on: 'pageshow' }).opened().fromSigver({ type: 'connected' })
    assert.equal(stage.group.state, WebGroupState.JOINED)
  })

  it('whose user left does not come back by itself', () => {
    const stage = new Stage()
      .joinAlone()
      .handle({ on: 'leave' }, { on: 'pagehide' }, { on: 'pageshow' }, hidden, present)
    assert.equal(stage.group.state, WebGroupState.LEFT)
  })

  it('that comes back does not wait for the pause', () => {
    const stage = new Stage().joinAlone().closed()
    for (let i = 0; i < 8; i++) stage.ring('reconnect').closed()
    const before = stage.dialed.length
    stage.handle({ on: 'environment', online: false, visible: true }, present)
    assert.equal(stage.dialed.length, before + 1)
  })
})

describe('send()', () => {
  it('refuses what is misuse, with a code for each', () => {
    const stage = new Stage()
    const why = (to: number | undefined, size: number) => stage.group.whyNotSend(to, size)?.code
    assert.equal(why(undefined, 1), 'BAD_STATE')
    stage.joinAlone()
    assert.equal(why(undefined, limits.backlog), undefined)
    assert.equal(why(77, 1), 'BAD_ID')
    assert.equal(why(undefined, limits.backlog + 1), 'BACKLOG_FULL')
    assert.equal(why(undefined, limits.messageSize + 1), 'MESSAGE_TOO_LARGE')
  })
  it('to a member that has left is no misuse: it may have left just now', () => {
    const stage = new Stage().joinAlone()
    const three = new Neighbor(stage, 3).open()
    three.sayGoodbye()
    assert.deepEqual(stage.group.members, [stage.group.myId])
    assert.equal(stage.group.whyNotSend(3, 1), undefined)
  })
})
