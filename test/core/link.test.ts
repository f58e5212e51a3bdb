// Which hello is refused, and why, though its sender may know the key.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOTHING } from '../../src/core/bytes.js'
import { type Link, makeHello, newLink, type PeerName, type Self, whyRefused } from '../../src/core/link.js'
import { deriveSecrets } from '../../src/core/secrets.js'

const secrets = deriveSecrets('the key')
const me: Self = { id: 1, incarnation: '0000000000000001', secrets }
const peer: Self = { id: 2, incarnation: '0000000000000002', secrets }

function link(role: Link['role'], to: PeerName): Link {
  const fields = { channel: 1, kind: 'datachannel', url: '', deadline: 0, invitation: 0 } as const
  return newLink({ ...fields, role, name: { dialer: 1, attempt: 1 }, peer: to })
}

const helloOf = (from: Self, role: Link['role']) =>
  makeHello(from, link(role, me), new Uint8Array(16), NOTHING, '')
const refusal = (hello: ReturnType<typeof helloOf>) => whyRefused(me, link('dialer', peer), hello, NOTHING)

it('the hello of the dialed member is accepted', () => {
  assert.equal(refusal(helloOf(peer, 'acceptor')), undefined)
})

it('a protocol version that is older or newer is refused', () => {
  const hello = helloOf(peer, 'acceptor')
  assert.equal(refusal({ ...hello, versionMin: 0, versionMax: 0 }), 'another protocol version')
  assert.equal(refusal({ ...hello, versionMin: 2, versionMax: 2 }), 'another protocol version')
})

it('what a dialer proves is no proof of an acceptor', () => {
  assert.equal(refusal(helloOf(peer, 'dialer')), 'it does not know the key')
})

it('another life of the dialed member is refused', () => {
  const next = { ...peer, incarnation: '0000000000000003' }
  assert.equal(refusal(helloOf(next, 'acceptor')), 'not the member that was dialed')
})
