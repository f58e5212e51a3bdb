// Peers that Sigver believes: a number is the same one everywhere, and so is each of its lives.
import { type Identity, type Peer, peerOf as peerMadeOf } from '../../src/core/signalingWire.js'

/** What it announces. */
export const identityOf = (id: number, life = 0): Identity => ({
  id,
  preimage: (id * 1_000_000 + life).toString(16).padStart(32, '0'),
})

/** What the others are told of it. */
export const peerOf = (id: number, life = 0): Peer => peerMadeOf(identityOf(id, life))
