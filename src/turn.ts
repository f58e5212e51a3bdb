// Short-lived credentials for a TURN server that shares a secret with us. Called by Sigver.ts.
import { createHmac } from 'node:crypto'
import type { Milliseconds, TurnServer } from './core/contract.js'
import type { Peer } from './core/signalingWire.js'
import type { TurnOptions } from './sigverOptions.js'

const DEFAULT_TTL = 3600

/** coturn's REST scheme (draft-uberti-behave-turn-rest-00): a name that says when it ends, signed with HMAC-SHA-1. */
export function turnCredentials({ urls, secret, ttl = DEFAULT_TTL }: TurnOptions) {
  const list = typeof urls === 'string' ? [urls] : [...urls]
  return ({ id }: Peer): { server: TurnServer; lasts: Milliseconds } => {
    const username = `${Math.floor(Date.now() / 1000) + ttl}:${id}`
    const credential = createHmac('sha1', secret).update(username).digest('base64')
    return { server: { urls: list, username, credential }, lasts: ttl * 1000 }
  }
}
