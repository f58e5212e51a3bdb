// What users are told of the others: who cannot be reached, who takes nothing, who makes no sense, who came as invited.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOTHING } from '../../src/core/bytes.js'
import * as limits from '../../src/core/limits.js'
import { makeHello, newLink, type Self } from '../../src/core/link.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'
import { Neighbor, Stage } from './groupStage.js'

/** JOINED, linked with 3, and dialing 4, of whom 3 has told. */
function dialing(): { readonly stage: Stage; readonly channel: number } {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  three.announce(4, [3], 1, 'ws://four/')
  three.announce(3, [stage.group.myId, 4], 2)
  stage.pass(limits.tick)
  const [channel = 0] = stage.peersDialed.keys()
  assert.deepEqual([...stage.peersDialed.values()], ['ws://four/'])
  stage.events.length = 0
  return { stage, channel }
}

it('users are told of a member to whom there is no direct link, and what was tried', () => {
  const { stage, channel } = dialing()
  stage.handle({ on: 'closed', channel, code: 1006, reason: 'no route' })
  const errors = stage.events.flatMap((event) => (event.type === 'error' ? [event.error] : []))
  assert.deepEqual(
    errors.map(({ code, id }) => [code, id]),
    [['PEER_UNREACHABLE', 4]],
  )
  assert.match(errors[0]?.message ?? '', /websocket: no route/)
})

it('users are told of a member that another one refuses', () => {
  const { stage, channel } = dialing()
  stage.handle({ on: 'closed', channel, code: peerCloseCodes.refused, reason: 'it does not know the key' })
  assert.ok(stage.told.includes('PEER_REFUSED'))
})

it('who is refused because another member has its id takes a new one', () => {
  const { stage, channel } = dialing()
  const { myId } = stage.group
  stage.handle({ on: 'closed', channel, code: peerCloseCodes.idTaken, reason: '' })
  assert.ok(stage.told.includes('myId'))
  assert.notEqual(stage.group.myId, myId)
})

it('users are told when a neighbour makes no sense of what it is sent', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  stage.handle({ on: 'closed', channel: three.channel, code: 1007, reason: '' })
  assert.ok(stage.told.includes('PEER_GARBAGE'))
})

it('who answers but takes nothing for limits.stalled is dropped, and users are told', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  stage.handle({ on: 'send', to: undefined, data: 'hello', ordered: true }, { on: 'turn' })
  const stay = (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += limits.tick) {
      stage.pass(limits.tick)
      three.say({ type: 'pong', number: 0 })
    }
    return stage.told.filter((word) => !word.startsWith('signaling'))
  }
  assert.ok(!stay(limits.stalled - limits.tick).includes('memberLeave'))
  assert.deepEqual(stay(3 * limits.tick).slice(0, 2), ['memberLeave', 'PEER_STALLED'])
})

it('who waits until there is room to send hears when there is', () => {
  const stage = new Stage().joinAlone()
  new Neighbor(stage, 3).open()
  const data = new Uint8Array(limits.roomHigh + limits.channelHigh)
  stage.handle({ on: 'send', to: undefined, data, ordered: true }, { on: 'turn' })
  assert.equal(stage.group.hasRoom, false)
  assert.ok(!stage.told.includes('room'))
  stage.pass(limits.slow + 2 * limits.tick) // it holds back nobody any longer
  assert.ok(stage.told.includes('room'))
  assert.equal(stage.group.hasRoom, true)
})

it('an invitation is over when the bot has proven itself, and its id is told', () => {
  const stage = new Stage().joinAlone()
  stage.handle({ on: 'invite', url: 'ws://bot/', invitation: 7 }, { on: 'opened', channel: 2 })
  const nonce = new Uint8Array(16).fill(5)
  const receive = (bytes: Uint8Array) => stage.handle({ on: 'received', channel: 2, bytes })
  receive(encodeFrame({ type: 'challenge', version: 1, nonce }))
  const frame = decodeFrame(stage.sent.get(2)?.[0] ?? NOTHING)?.frame
  const hello = frame?.type === 'hello' ? frame.hello : assert.fail('no hello')
  const bot: Self = { id: 9, incarnation: '0000000000000009', secrets: deriveSecrets('the key') }
  const fields = {
    kind: 'websocket',
    role: 'acceptor',
    url: 'ws://bot/',
    deadline: 0,
    invitation: 0,
  } as const
  const peer = { id: hello.id, incarnation: hello.incarnation }
  const link = newLink({ ...fields, channel: 1, name: hello.name, peer })
  receive(encodeFrame({ type: 'hello', hello: makeHello(bot, link, nonce, hello.nonce, '') }))
  const invited = stage.events.flatMap((event) =>
    event.type === 'invited' ? [[event.invitation, event.id]] : [],
  )
  assert.deepEqual(invited, [[7, 9]])
})
