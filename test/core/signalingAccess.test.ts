// What a Sigver may ask of a member, and tell it: tokens, TURN servers, when to come back, that there is no place.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { decodeToPeer, decodeToServer, encodeToPeer, encodeToServer } from '../../src/core/signalingWire.js'
import { SignalingState } from '../../src/core/states.js'
import { identityOf } from './identity.js'
import { Stage } from './groupStage.js'

const asked = () => new Stage(true, 1, true).handle({ on: 'join', key: 'the key' })

const answer = (stage: Stage, token: string, problem?: string) =>
  stage.handle({ on: 'token', channel: stage.askedForToken, token, problem })

it('a member asks for a token before it connects, and announces itself with it', () => {
  const stage = asked()
  assert.equal(stage.askedForToken, 1)
  assert.deepEqual(stage.dialed, [])
  answer(stage, 'a token')
  assert.equal(stage.dialed.length, 1)
  stage.opened()
  const announced = stage.toSigver.flatMap((frame) => (frame.type === 'announce' ? [frame.token] : []))
  assert.deepEqual(announced, ['a token'])
})

it('a token that nobody gives is told, and asked for again', () => {
  const stage = answer(asked(), '', 'it is out of order')
  assert.deepEqual(stage.dialed, [])
  assert.equal(stage.group.signalingState, SignalingState.CLOSED)
  assert.ok(stage.told.includes('TOKEN_FAILED'))
  stage.ring('reconnect')
  assert.equal(stage.askedForToken, 2)
})

it('a TURN server that Sigver names is used', () => {
  const server = { urls: ['turn:a'], username: 'u', credential: 'c' }
  const stage = new Stage().joinAlone().fromSigver({ type: 'turn', ...server })
  assert.deepEqual(
    stage.turnServers.map(({ urls, username, credential }) => ({ urls, username, credential })),
    [server],
  )
})

it('a Sigver that goes away says when to come back: that holds once, and not for ever', () => {
  const stage = new Stage().joinAlone()
  const pause = () => (stage.timers.get('reconnect') ?? assert.fail('it is not tried again')) - stage.now
  stage.fromSigver({ type: 'away', after: 3_333 }).closed(closeCodes.closing)
  assert.equal(pause(), 3_333)
  stage.ring('reconnect').closed()
  assert.notEqual(pause(), 3_333)
  stage
    .ring('reconnect')
    .opened()
    .fromSigver({ type: 'connected' }, { type: 'away', after: 2 ** 31 })
  stage.closed(closeCodes.closing)
  assert.equal(pause(), limits.reconnectMost)
})

it('a Sigver that has no place is tried again, and users are told why', () => {
  for (const code of [closeCodes.addressFull, closeCodes.roomFull, closeCodes.full]) {
    const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened().closed(code)
    assert.ok(stage.told.includes('SIGNALING_FULL'))
    assert.ok(stage.timers.has('reconnect'))
  }
})

it('a token and a list of TURN servers may be so long, and no longer', () => {
  const claim = { members: [], check: true }
  const isRead = (length: number) => {
    const token = 'x'.repeat(length)
    return decodeToServer(
      encodeToServer({ type: 'announce', version: 1, ...identityOf(1), favored: false, claim, token }),
    )
  }
  assert.ok(isRead(limits.token))
  assert.equal(isRead(limits.token + 1), undefined)
  const servers = (length: number) => {
    const urls = Array.from({ length }, () => 'turn:a')
    return decodeToPeer(encodeToPeer({ type: 'turn', urls, username: '', credential: '' }))
  }
  assert.ok(servers(limits.turnUrls))
  assert.equal(servers(limits.turnUrls + 1), undefined)
})

it('what accepts a connection and says nothing is no Sigver for long', () => {
  const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
  stage.pass(limits.heartbeatAnswer - 1)
  assert.equal(stage.group.signalingState, SignalingState.CHECKING)
  stage.pass(1)
  assert.equal(stage.group.signalingState, SignalingState.CLOSED)
})
