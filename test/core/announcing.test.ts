// What a member tells its neighbours of itself and of others: frames that went out, as bytes.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Announcing } from '../../src/core/announcing.js'
import { Graph } from '../../src/core/graph.js'
import * as limits from '../../src/core/limits.js'
import { newLink } from '../../src/core/link.js'
import { type LinkContext, Links } from '../../src/core/links.js'
import { Paths } from '../../src/core/paths.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { type Announcement, decodeFrame } from '../../src/core/wire.js'

const incarnation = '0000000000000001'
const ids = Array.from({ length: limits.members }, (_, i) => i + 3)

it('a new neighbour is told of everyone, however many frames that takes', () => {
  const frames: Uint8Array[] = []
  const context: LinkContext = {
    now: 0,
    random: (count) => new Uint8Array(count),
    out: (output) => output.do === 'send' && frames.push(output.bytes),
    newChannel: () => 0,
    tagFor: () => 0,
    me: { id: 1, incarnation, secrets: deriveSecrets('the key') },
    capabilities: { webSocket: true, rtc: true },
    url: '',
  }
  const links = new Links(context, () => {})
  const graph = new Graph(1)
  const member = { incarnation, version: 1, neighbors: ids, url: 'x'.repeat(limits.url), rtc: true }
  for (const id of ids) graph.update({ ...member, id }, 0, false)
  const announcing = new Announcing(context, links, graph, new Paths(context, links, graph), () => {})
  const peer = { id: 2, incarnation }
  const fields = { kind: 'datachannel', role: 'dialer', url: '', deadline: 0, invitation: 0 } as const
  announcing.welcome(newLink({ ...fields, channel: 1, name: { dialer: 1, attempt: 1 }, peer }), peer)

  const told = frames.flatMap((bytes): readonly Announcement[] => {
    assert.ok(bytes.length <= limits.frame, `a frame of ${bytes.length} bytes`)
    const frame = decodeFrame(bytes)?.frame
    return frame?.type === 'announcements' ? frame.members : []
  })
  assert.deepEqual(
    told.map(({ id }) => id),
    [1, ...ids],
  )
  assert.ok(told.slice(1).every(({ neighbors }) => neighbors.length === ids.length))
})
