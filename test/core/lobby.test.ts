// The bot's lobby: strangers are challenged, bounded, and handed over once they have said a hello that makes sense.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ChannelId, Input, Output } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { makeHello, newLink } from '../../src/core/link.js'
import { Lobby } from '../../src/core/lobby.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeFrame, encodeFrame } from '../../src/core/wire.js'

const NONCE = new Uint8Array(16).fill(3)
const newLobby = () => new Lobby((count) => NONCE.slice(0, count))
const accepted = (channel: ChannelId, address = '192.0.2.1'): Input => ({
  on: 'accepted',
  channel,
  path: '/',
  address,
})

function helloBytes(key: string, secretsOf = key, nonce = NONCE): Uint8Array {
  const me = { id: 7, incarnation: '0000000000000007', secrets: deriveSecrets(secretsOf) }
  const link = newLink({
    channel: 1,
    kind: 'websocket',
    role: 'dialer',
    name: { dialer: 7, attempt: 1 },
    url: 'ws://bot/',
    peer: undefined,
    deadline: 0,
    invitation: 1,
  })
  return encodeFrame({ type: 'hello', hello: makeHello(me, link, new Uint8Array(16), nonce, key) })
}

const closeCode = (outputs: readonly Output[]) =>
  outputs.flatMap((output) => (output.do === 'close' ? [output.code] : []))

it('speaks first, so that a key is given to a bot only', () => {
  const [first] = newLobby().handle(accepted(-1), 0)
  assert.equal(first?.do, 'send')
  const frame = first?.do === 'send' ? decodeFrame(first.bytes)?.frame : undefined
  assert.equal(frame?.type, 'challenge')
  assert.deepEqual(frame?.type === 'challenge' && Uint8Array.from(frame.nonce), NONCE)
})

it('hands an invitation over with its key, and forgets the socket', () => {
  const lobby = newLobby()
  lobby.handle(accepted(-1), 0)
  const outputs = lobby.handle({ on: 'received', channel: -1, bytes: helloBytes('the key') }, 1)
  const over = outputs.find((output) => output.do === 'hand-over')
  assert.equal(over?.do === 'hand-over' && over.key, 'the key')
  assert.equal(over?.do === 'hand-over' && over.topic, deriveSecrets('the key').topic)
  assert.deepEqual(lobby.handle({ on: 'timer', timer: 'handshake/-1' }, 9e9), [])
})

it('refuses a key whose proof was made for another challenge, or with another key', () => {
  for (const bytes of [
    helloBytes('the key', 'the key', new Uint8Array(16)),
    helloBytes('the key', 'another'),
  ]) {
    const lobby = newLobby()
    lobby.handle(accepted(-1), 0)
    assert.deepEqual(closeCode(lobby.handle({ on: 'received', channel: -1, bytes }, 1)), [
      peerCloseCodes.refused,
    ])
  }
})

for (const [name, bytes] of [
  ['random bytes', Uint8Array.from({ length: 100 }, (_, i) => (i * 91) % 256)],
  ['nothing', new Uint8Array(0)],
  ['a frame that is no hello', encodeFrame({ type: 'ping', number: 1, tag: 0 })],
  ['more than a hello may be', new Uint8Array(limits.hello + 1)],
] as const)
  it(`closes a socket that says ${name}`, () => {
    const lobby = newLobby()
    lobby.handle(accepted(-1), 0)
    assert.deepEqual(closeCode(lobby.handle({ on: 'received', channel: -1, bytes }, 1)), [
      peerCloseCodes.garbage,
    ])
  })

it('closes a socket that says nothing in time', () => {
  const lobby = newLobby()
  const timer = lobby.handle(accepted(-1), 100).find((output) => output.do === 'timer')
  assert.equal(timer?.do === 'timer' && timer.at, 100 + limits.firstFrame)
  const outputs = lobby.handle({ on: 'timer', timer: 'handshake/-1' }, 100 + limits.firstFrame)
  assert.deepEqual(closeCode(outputs), [peerCloseCodes.tooSlow])
})

it('holds so many strangers of one address, and no more; others still come in', () => {
  const lobby = newLobby()
  for (let i = 1; i <= limits.strangersPerAddress; i++)
    assert.deepEqual(closeCode(lobby.handle(accepted(-i), 0)), [])
  assert.deepEqual(closeCode(lobby.handle(accepted(-1000), 0)), [peerCloseCodes.busy])
  assert.deepEqual(closeCode(lobby.handle(accepted(-1001, '192.0.2.2'), 0)), [])
  lobby.handle({ on: 'closed', channel: -1, code: 1006, reason: '' }, 0)
  assert.deepEqual(closeCode(lobby.handle(accepted(-1002), 0)), [])
})

it('counts IPv6 addresses by their network', () => {
  const lobby = newLobby()
  for (let i = 1; i <= limits.strangersPerAddress; i++)
    assert.deepEqual(closeCode(lobby.handle(accepted(-i, `2001:db8::${i}`), 0)), [])
  assert.deepEqual(closeCode(lobby.handle(accepted(-1000, '2001:db8::f:1'), 0)), [peerCloseCodes.busy])
  assert.deepEqual(closeCode(lobby.handle(accepted(-1001, '2001:db8:1::1'), 0)), [])
})

it('holds so many strangers in all', () => {
  const lobby = newLobby()
  let refused = 0
  for (let i = 1; i <= limits.strangers + 10; i++)
    refused += closeCode(lobby.handle(accepted(-i, `192.0.2.${i}`), 0)).length
  assert.equal(refused, 10)
})
