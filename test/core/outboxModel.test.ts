// One sender and several members, to whom it sends together and one by one, against a model: a list per member of what it
// has to get. Shared blocks are counted once, and kept as long as anyone needs them. fast-check prints the seed of a failure.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Data, MemberId } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { type Block, Unpacker } from '../../src/core/message.js'
import { Outbox } from '../../src/core/outbox.js'
import { type SendStream, Session } from '../../src/core/session.js'
import { contextAt, IDS, incarnationOf, Lines } from './outboxLines.js'

class Stage {
  now = 1
  readonly sessions = new Map<MemberId, Session>()
  readonly outbox: Outbox
  /** The model: what each member has to get in its session of now. */
  readonly due = new Map<MemberId, Data[]>()
  isRoomAwaited = false
  private readonly lines: Lines
  private serial = 0

  constructor() {
    const context = contextAt(() => this.now)
    this.lines = new Lines(context)
    this.outbox = new Outbox(context, this.lines, this.sessions, () => {
      assert.ok(this.isRoomAwaited, 'room is reported, and nobody waits for it')
      this.isRoomAwaited = false
    })
    IDS.forEach((id) => this.open(id))
  }

  open(id: MemberId): void {
    if (this.sessions.has(id)) return
    this.outbox.seal()
    const session = new Session(
      { id, incarnation: incarnationOf(id) },
      ++this.serial,
      this.now,
      limits.messageSize,
    )
    session.isOpen = true
    this.sessions.set(id, session)
    this.due.set(id, [])
    this.lines.sent.delete(id)
  }

  end(id: MemberId): void {
    const session = this.sessions.get(id)
    if (!session) return
    this.outbox.seal()
    this.sessions.delete(id)
    this.due.delete(id)
    for (const stream of Object.values(session.out)) this.outbox.release(stream.abandon())
    this.outbox.checkRoom()
  }

  send(size: number, to: MemberId | undefined): void {
    const data = `${++this.serial} `.padEnd(size, 'x')
    for (const [id, due] of this.due) if (to === undefined || to === id) due.push(data)
    this.outbox.send(data, to, true)
    if (!this.outbox.hasRoom) this.isRoomAwaited = true
  }

  /** This member has got everything up to this part of what was sent. */
  acknowledge(id: MemberId, part: number): void {
    const session = this.sessions.get(id)
    const count = this.lines.sent.get(id)?.size ?? 0
    if (!session) return
    this.outbox.release(session.acknowledge(1 + Math.floor(count * part), 1, this.now))
    this.outbox.checkRoom()
  }

  drain(id: MemberId): void {
    const link = this.lines.linkTo(id)
    if (!link) return
    link.queued = 0
    this.outbox.pump(link)
  }

  /** What this member has read of what was sent to it. */
  read(id: MemberId): Data[] {
    const unpacker = new Unpacker(limits.messageSize)
    const sent = [...(this.lines.sent.get(id) ?? [])].sort(([a], [b]) => a - b)
    assert.deepEqual(
      sent.map(([number]) => number),
      sent.map((_, i) => i + 1),
    )
    return sent.flatMap(([, bytes]) => {
      const reading = unpacker.read(bytes)
      assert.ok(reading)
      return reading.messages
    })
  }

  /** Bytes that some member still needs, each block once. */
  get needed(): number {
    const blocks = new Set<Block>()
    for (const { out } of this.sessions.values())
      for (const stream of Object.values(out) as SendStream[]) {
        const { blocks: all, head } = stream as unknown as { blocks: Block[]; head: number }
        all.slice(head).forEach((block) => blocks.add(block))
      }
    return [...blocks].reduce((sum, { size }) => sum + size, 0)
  }
}

type Action = (stage: Stage) => void
const named = (name: string, action: Action): Action =>
  Object.assign(action, { [fc.toStringMethod]: () => name })

const anyId = fc.constantFrom(...IDS)
const anySize = fc.oneof(
  { weight: 8, arbitrary: fc.nat(500) },
  { weight: 2, arbitrary: fc.constantFrom(15_990, 15_995, 15_996, 100_000) },
  { weight: 1, arbitrary: fc.constant(700_000) },
)
const anyAction = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(anySize, fc.option(anyId, { nil: undefined, freq: 2 }))
      .map(([size, to]) => named(`send ${size} to ${to ?? 'all'}`, (stage) => stage.send(size, to))),
  },
  { weight: 3, arbitrary: fc.constant(named('turn', (stage) => stage.outbox.turnEnded())) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(anyId, fc.constantFrom(0.3, 0.7, 1))
      .map(([id, part]) => named(`${id} acknowledges ${part}`, (stage) => stage.acknowledge(id, part))),
  },
  { weight: 2, arbitrary: anyId.map((id) => named(`${id} drains`, (stage) => stage.drain(id))) },
  { weight: 1, arbitrary: anyId.map((id) => named(`${id} ends`, (stage) => stage.end(id))) },
  { weight: 1, arbitrary: anyId.map((id) => named(`${id} opens`, (stage) => stage.open(id))) },
  {
    weight: 1,
    arbitrary: anyId.map((id) => named(`${id} again`, (stage) => stage.sessions.get(id)?.rewind(stage.now))),
  },
  {
    weight: 1,
    arbitrary: fc.nat(1_000).map((time) => named(`${time} pass`, (stage) => void (stage.now += time))),
  },
)

/** Until everybody has everything. */
function finish(stage: Stage): void {
  stage.outbox.turnEnded()
  for (let rounds = 0; rounds < 100 && stage.outbox.backlog > 0; rounds++)
    for (const id of IDS) {
      stage.drain(id)
      stage.acknowledge(id, 1)
    }
}

const isPrefix = (part: readonly Data[], whole: readonly Data[]): boolean =>
  part.every((data, i) => data === whole[i])

test('each member gets what was sent to it and to all, in order, and what all need is kept and counted once', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 50, size: 'max' }), (actions) => {
      const stage = new Stage()
      for (const action of actions) {
        action(stage)
        assert.equal(stage.outbox.backlog, stage.needed)
      }
      for (const [id, due] of stage.due) assert.ok(isPrefix(stage.read(id), due), `what ${id} got`)
      finish(stage)
      for (const [id, due] of stage.due) assert.deepEqual(stage.read(id), due)
      assert.equal(stage.outbox.backlog, 0)
      assert.ok(!stage.isRoomAwaited, 'there is room, and nobody was told')
    }),
    { numRuns: 80 },
  )
})
