// What strangers say to Sigver, in its own language. Used by the attacks.
import { PROTOCOL_VERSION } from '../../src/core/limits.js'
import { encodeToServer, type Peer } from '../../src/core/signalingWire.js'

export const peerOf = (id: number, life = 0): Peer => ({
  id,
  incarnation: (id * 1_000_000 + life).toString(16).padStart(16, '0'),
})

export const announce = (id: number, life = 0, members: readonly Peer[] = []): Uint8Array =>
  encodeToServer({
    type: 'announce',
    version: PROTOCOL_VERSION,
    peer: peerOf(id, life),
    favored: false,
    claim: { members, check: true },
    token: '',
  })

export const claim = (members: readonly Peer[], check = true): Uint8Array =>
  encodeToServer({ type: 'claim', claim: { members, check } })

export const relay = (to: Peer, bytes: number): Uint8Array =>
  encodeToServer({ type: 'relay', peer: to, payload: new Uint8Array(bytes) })

export const ping = encodeToServer({ type: 'ping' })
