// Links of one member to some others, for tests of what it sends: every packet is kept.
import assert from 'node:assert/strict'
import type { MemberId } from '../../src/core/contract.js'
import { Graph } from '../../src/core/graph.js'
import { type Link, newLink } from '../../src/core/link.js'
import { type LinkContext, Links } from '../../src/core/links.js'
import { Paths } from '../../src/core/paths.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import type { Frame } from '../../src/core/wire.js'

export const IDS = [2, 3, 4]
const secrets = deriveSecrets('the key')
export const incarnationOf = (id: MemberId): string => id.toString(16).padStart(16, '0')

/** A link to each member. What is sent is kept by number: sent again, it has to be the same. */
export class Lines extends Paths {
  readonly sent = new Map<MemberId, Map<number, Uint8Array>>()
  private readonly links_ = new Map<MemberId, Link>()

  constructor(context: LinkContext, kind: Link['kind'] = 'websocket') {
    super(context, new Links(context, () => {}), new Graph(context.me.id))
    for (const id of IDS) {
      const peer = { id, incarnation: incarnationOf(id) }
      const name = { dialer: 1, attempt: id }
      const fields = {
        channel: id,
        kind,
        role: 'dialer',
        url: '',
        deadline: 0,
        invitation: 0,
      } as const
      this.links_.set(id, newLink({ ...fields, name, peer }))
    }
  }

  override linkTo(id: MemberId): Link | undefined {
    return this.links_.get(id)
  }

  override sendOver(link: Link, to: MemberId, frame: Frame, ...payload: Uint8Array[]): void {
    assert.ok(frame.type === 'data' && link === this.linkTo(to))
    const bytes = Buffer.concat(payload)
    link.queued += bytes.length
    const known = this.sent.get(to) ?? new Map<number, Uint8Array>()
    const before = known.get(frame.number)
    assert.ok(!before || Buffer.compare(before, bytes) === 0, 'another block under the same number')
    this.sent.set(to, known.set(frame.number, new Uint8Array(bytes)))
  }
}

export function contextAt(now: () => number): LinkContext {
  return {
    get now() {
      return now()
    },
    random: (count) => new Uint8Array(count),
    out: () => {},
    newChannel: () => 0,
    tagFor: () => 0,
    me: { id: 1, incarnation: incarnationOf(1), secrets },
    capabilities: { webSocket: true, rtc: true },
    url: '',
  }
}
