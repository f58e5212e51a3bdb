// What a relay passes on and what it drops, and what it remembers of ways.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOTHING } from '../../src/core/bytes.js'
import type { Output } from '../../src/core/contract.js'
import { Graph } from '../../src/core/graph.js'
import * as limits from '../../src/core/limits.js'
import { type Link, newLink } from '../../src/core/link.js'
import { type LinkContext, Links } from '../../src/core/links.js'
import { Paths } from '../../src/core/paths.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeFrame, type Envelope } from '../../src/core/wire.js'

const incarnation = '0000000000000001'

function linkTo(id: number): Link {
  const peer = { id, incarnation }
  const fields = { kind: 'datachannel', role: 'dialer', url: '', deadline: 0, invitation: 0 } as const
  return newLink({ ...fields, channel: id, name: { dialer: 1, attempt: id }, peer })
}

/** Whoever is put there is a neighbour. */
class Neighbors extends Links {
  readonly present = new Map<number, Link>()

  override get(channel: number): Link | undefined {
    return this.present.get(channel)
  }

  override to(id: number): Link | undefined {
    return this.present.get(id)
  }

  override get neighbors(): ReadonlyMap<number, Link> {
    return this.present
  }
}

function stage() {
  const outputs: Output[] = []
  const context: LinkContext = {
    now: 0,
    random: (count) => new Uint8Array(count),
    out: (output) => outputs.push(output),
    newChannel: () => 0,
    tagFor: () => 0,
    me: { id: 1, incarnation, secrets: deriveSecrets('the key') },
    capabilities: { webSocket: true, rtc: true },
    url: '',
  }
  const links = new Neighbors(context, () => {})
  for (const id of [2, 3]) links.present.set(id, linkTo(id))
  const graph = new Graph(1)
  const paths = new Paths(context, links, graph)
  const passedOn = () =>
    outputs.flatMap((output) => (output.do === 'send' ? [decodeFrame(output.bytes)] : []))
  const [two, three] = [linkTo(2), linkTo(3)].map((link) => links.to(link.channel) ?? link)
  assert.ok(two && three)
  return { links, graph, paths, passedOn, two, three }
}

const frameOf = (hops: number, to = 3): Envelope => ({
  from: 9,
  to,
  hops,
  frame: { type: 'signal' },
  payload: NOTHING,
})

it('a frame for a neighbour is passed on, one hop further', () => {
  const { paths, passedOn, two } = stage()
  paths.forward(frameOf(1), two)
  assert.deepEqual(
    passedOn().map((frame) => [frame?.from, frame?.to, frame?.hops]),
    [[9, 3, 2]],
  )
})

it('what has gone far enough goes no further', () => {
  const { paths, passedOn, two } = stage()
  paths.forward(frameOf(limits.hops), two)
  assert.deepEqual(passedOn(), [])
})

it('nothing goes back where it came from', () => {
  const { paths, passedOn, three } = stage()
  paths.forward(frameOf(1), three)
  assert.deepEqual(passedOn(), [])
})

it('a relay with a long queue drops what it should pass on', () => {
  const { paths, passedOn, two, three } = stage()
  three.queued = limits.relayQueue + 1
  paths.forward(frameOf(1), two)
  assert.deepEqual(passedOn(), [])
})

it('where a frame came from is remembered: of so many members only, and as long as that link is there', () => {
  const { links, paths, two } = stage()
  for (let id = 10; id < 11 + limits.members; id++) paths.learn(id, two)
  const signal = { type: 'signal' } as const
  assert.equal(paths.send(10, signal), false)
  assert.equal(paths.send(11, signal), true)
  links.present.delete(2)
  assert.equal(paths.send(11, signal), false)
})

it('announcements change paths only if somebody is reached at last, or another way, or not any more', () => {
  const { graph, paths } = stage()
  let version = 0
  const tell = (id: number, neighbors: readonly number[]) =>
    graph.update({ id, incarnation, version: ++version, neighbors, url: '', rtc: true }, 0, false)
  tell(2, [1, 9])
  assert.equal(paths.review(), false)
  tell(9, [2])
  assert.equal(paths.review(), true)
  tell(3, [1, 9])
  tell(9, [2, 3])
  assert.equal(paths.review(), false)
  tell(9, [3])
  assert.equal(paths.review(), true)
  tell(9, [])
  assert.equal(paths.review(), true)
})
