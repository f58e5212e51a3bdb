// What strangers say to Sigver, in its own language. Used by the attacks.
import { PROTOCOL_VERSION } from '../../src/core/limits.js'
import { encodeToServer, type Identity, type Peer } from '../../src/core/signalingWire.js'
import { identityOf } from '../core/identity.js'

export const announce = (id: number, life = 0, members: readonly Peer[] = []): Uint8Array =>
  announceAs(identityOf(id, life), members)

export const announceAs = (identity: Identity, members: readonly Peer[] = []): Uint8Array =>
  encodeToServer({
    type: 'announce',
    version: PROTOCOL_VERSION,
    ...identity,
    favored: false,
    claim: { members, check: true },
    token: '',
  })

export const claim = (members: readonly Peer[], check = true): Uint8Array =>
  encodeToServer({ type: 'claim', claim: { members, check } })

export const relay = (to: Peer, bytes: number): Uint8Array =>
  encodeToServer({ type: 'relay', peer: to, payload: new Uint8Array(bytes) })

export const ping = encodeToServer({ type: 'ping' })
