// Links without sockets, for the tests of links.ts: two members, of whom what one sends is handed to the other.
// Nothing arrives before a test delivers it.
import assert from 'node:assert/strict'
import type { ChannelId, Output } from '../../src/core/contract.js'
import type { Link, Self } from '../../src/core/link.js'
import { type LinkFact, Links } from '../../src/core/links.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { encodeFrame } from '../../src/core/wire.js'

let seed = 0
const random = (count: number) => Uint8Array.from({ length: count }, () => ++seed % 251)

export class Side {
  readonly me: Self
  readonly facts: LinkFact[] = []
  readonly outputs: Output[] = []
  readonly links: Links
  now = 0
  private channels = 0

  constructor(id: number, key = 'the key', url = '') {
    this.me = { id, incarnation: id.toString(16).padStart(16, '0'), secrets: deriveSecrets(key) }
    const now = () => this.now
    this.links = new Links(
      {
        get now() {
          return now()
        },
        random,
        out: (output) => this.outputs.push(output),
        newChannel: () => ++this.channels,
        tagFor: () => 0,
        me: this.me,
        capabilities: { webSocket: true, rtc: true },
        url,
      },
      (fact) => this.facts.push(fact),
    )
  }

  /** What was sent on this channel since the last time. */
  sent(channel: ChannelId): Uint8Array[] {
    const sent = this.outputs.flatMap((output) =>
      output.do === 'send' && output.channel === channel ? [output.bytes] : [],
    )
    this.outputs.splice(
      0,
      this.outputs.length,
      ...this.outputs.filter((output) => output.do !== 'send' || output.channel !== channel),
    )
    return sent
  }

  get closed(): readonly (number | undefined)[] {
    return this.outputs.flatMap((output) => (output.do === 'close' ? [output.code] : []))
  }

  /** What went wrong with its links, by the codes with which they were closed. */
  get codes(): readonly number[] {
    return this.facts.flatMap((fact) => ('code' in fact ? [fact.code] : []))
  }

  get names(): readonly string[] {
    return this.facts.map((fact) => fact.fact)
  }
}

/** A data channel between two members; opens at both ends, nothing is delivered yet. */
export function channel(a: Side, b: Side) {
  const near = a.links.offer(b.me)
  const far = b.links.answer(a.me, near.name, 'sdp')
  const deliver = () => {
    for (const bytes of a.sent(near.channel)) if (b.links.get(far.channel)) b.links.greeted(far, bytes)
    for (const bytes of b.sent(far.channel)) if (a.links.get(near.channel)) a.links.greeted(near, bytes)
  }
  const open = () => {
    a.links.opened(near)
    b.links.opened(far)
  }
  return { near, far, open, deliver }
}

export const NONCE = new Uint8Array(16).fill(5)
export const URL = 'ws://bot/'

export const challenge = encodeFrame({ type: 'challenge', version: 1, nonce: NONCE })

/** A WebSocket from a to b, which listens; returns the channel at each end. */
export function socket(a: Side, b: Side, nonce = NONCE): Link {
  const near = a.links.dialWebSocket(b.me, URL)
  a.links.opened(near)
  a.links.greeted(near, challenge)
  const [hello] = a.sent(near.channel)
  assert.ok(hello)
  b.links.adopt(-1, nonce, hello)
  for (const bytes of b.sent(-1)) a.links.greeted(near, bytes)
  return near
}
