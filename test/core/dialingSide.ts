// Negotiations without a mesh, for the tests of sealing.ts and dialing.ts: two members whose messages pass through the
// hands of a test. Nothing is passed on by itself.
import assert from 'node:assert/strict'
import type { Output } from '../../src/core/contract.js'
import { Dialing, type DialingFact } from '../../src/core/dialing.js'
import { Graph } from '../../src/core/graph.js'
import type { Self } from '../../src/core/link.js'
import { type LinkContext, Links } from '../../src/core/links.js'
import { Paths } from '../../src/core/paths.js'
import { deriveSecrets } from '../../src/core/secrets.js'

/** One member. */
export class Side {
  readonly outputs: Output[] = []
  readonly facts: DialingFact[] = []
  readonly links: Links
  readonly dialing: Dialing
  now = 0
  private channels = 0
  private seed = 0

  constructor(readonly me: Self) {
    const now = () => this.now
    const context: LinkContext = {
      get now() {
        return now()
      },
      random: (count) => Uint8Array.from({ length: count }, () => ++this.seed % 251),
      out: (output) => this.outputs.push(output),
      newChannel: () => ++this.channels,
      tagFor: () => 0,
      me,
      capabilities: { webSocket: true, rtc: true },
      url: '',
    }
    this.links = new Links(context, (fact) => this.dialing.onLink(fact))
    const graph = new Graph(me.id)
    const paths = new Paths(context, this.links, graph)
    this.dialing = new Dialing(context, this.links, graph, paths, (fact) => this.facts.push(fact))
  }

  /** What it wants Sigver to pass on. */
  relayed(): Uint8Array[] {
    const payloads = this.facts.flatMap((fact) => (fact.fact === 'relay' ? [fact.payload] : []))
    this.facts.splice(0, this.facts.length, ...this.facts.filter((fact) => fact.fact !== 'relay'))
    return payloads
  }

  did(what: Output['do']): Output[] {
    return this.outputs.filter((output) => output.do === what)
  }

  describe(channel: number, sdp: string): void {
    const link = this.links.get(channel)
    assert.ok(link)
    this.dialing.described(link, sdp)
  }
}

export function pair(): { a: Side; b: Side } {
  const self = (id: number): Self => ({
    id,
    incarnation: id.toString(16).padStart(16, '0'),
    secrets: deriveSecrets('the key'),
  })
  return { a: new Side(self(1)), b: new Side(self(2)) }
}
