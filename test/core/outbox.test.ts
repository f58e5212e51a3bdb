// When what is packed goes out: at the end of a turn, before it if there is enough, and later if it would only wait.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { MemberId } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import type { Link } from '../../src/core/link.js'
import { Outbox } from '../../src/core/outbox.js'
import { Session } from '../../src/core/session.js'
import { contextAt, incarnationOf, Lines } from './outboxLines.js'

const NOW = 1
const SMALL = new Uint8Array(100)
const context = contextAt(() => NOW)

/** In touch with 2 and 3. */
function stage(kind?: Link['kind'], rtt?: number) {
  const lines = new Lines(context, kind)
  const sessions = new Map<MemberId, Session>()
  for (const id of [2, 3]) {
    const session = new Session({ id, incarnation: incarnationOf(id) }, id, NOW, limits.messageSize)
    session.isOpen = true
    session.rtt = rtt
    sessions.set(id, session)
  }
  const outbox = new Outbox(context, lines, sessions, () => {})
  const packets = (id: MemberId) => [...(lines.sent.get(id)?.values() ?? [])].map(({ length }) => length)
  const queue = (id: MemberId, bytes: number) => {
    const link = lines.linkTo(id)
    assert.ok(link)
    link.queued = bytes
    if (bytes === 0) outbox.pump(link)
  }
  const sendInTurns = (count: number, to?: MemberId) => {
    for (let turn = 0; turn < count; turn++) {
      outbox.send(SMALL, to, true)
      outbox.turnEnded()
    }
  }
  return { outbox, packets, queue, sendInTurns }
}

it('what is sent in one turn travels together, at its end', () => {
  const { outbox, packets } = stage()
  for (let count = 0; count < 10; count++) outbox.send(SMALL, undefined, true)
  assert.deepEqual(packets(2), [])
  outbox.turnEnded()
  assert.equal(packets(2).length, 1)
})

it('a full block does not wait for the end of the turn', () => {
  const { outbox, packets } = stage()
  for (let bytes = 0; bytes <= limits.block; bytes += SMALL.length) outbox.send(SMALL, undefined, true)
  assert.equal(packets(2).length, 1)
  assert.equal(packets(3).length, 1)
})

it('while a channel is full, small messages grow to large packets', () => {
  const { packets, queue, sendInTurns } = stage()
  queue(2, limits.channelHigh)
  sendInTurns(1000, 2)
  assert.deepEqual(packets(2), [])
  queue(2, 0)
  // The first, which had nobody before it, and the others: ten bytes of a hundred thousand are headers.
  assert.ok(packets(2).length <= 2 + (1000 * 105) / (limits.block - 105), `${packets(2).length} packets`)
  assert.equal(
    packets(2).reduce((sum, length) => sum + length, 0),
    1000 * 102,
  )
})

it('a member whose channel has room gets everything at once, however full that of another is', () => {
  const { packets, queue, sendInTurns } = stage()
  queue(2, limits.channelHigh)
  sendInTurns(5)
  assert.equal(packets(3).length, 5)
  assert.deepEqual(packets(2), [])
})

it('what is packed when the last of a full channel is gone follows without another turn', () => {
  const { packets, queue, sendInTurns } = stage()
  queue(2, limits.channelHigh)
  sendInTurns(3, 2)
  queue(2, 0)
  assert.deepEqual(packets(2), [102, 204])
})

for (const [kind, rtt, most] of [
  ['websocket', undefined, limits.directWindow],
  ['datachannel', undefined, limits.channelWindow],
  ['datachannel', 10, limits.channelWindow],
  ['datachannel', 200, 200 * limits.channelRate],
  ['datachannel', 5_000, limits.directWindow],
] as const)
  it(`over a ${kind} with a round trip of ${rtt ?? 'unknown'} ms at most ${most} bytes wait for their acknowledgement`, () => {
    const { outbox, packets, queue } = stage(kind, rtt)
    outbox.send(new Uint8Array(2 * limits.directWindow), 2, true)
    const sent = () => packets(2).reduce((sum, length) => sum + length, 0)
    for (let before = -1; before < sent();) {
      before = sent()
      queue(2, 0)
    }
    assert.ok(sent() <= most && sent() > most - limits.fragment - 100, `${sent()} bytes`)
  })
