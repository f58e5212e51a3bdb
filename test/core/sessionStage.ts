// Two ends of a session over a path that does what a test tells it: for sessionModel.test.ts. Frames are bytes on their
// way, in one list per direction, from which any may be delivered, lost or repeated. What came is compared with what went.
import assert from 'node:assert/strict'
import * as limits from '../../src/core/limits.js'
import type { Data } from '../../src/core/contract.js'
import type { PeerName, Self } from '../../src/core/link.js'
import type { LinkContext } from '../../src/core/links.js'
import type { Secrets } from '../../src/core/secrets.js'
import { Traffic, type TrafficFact } from '../../src/core/traffic.js'
import { decodeFrame } from '../../src/core/wire.js'
import { Path } from './sessionPath.js'

const NO_SECRETS: Secrets = {
  topic: '',
  topicBytes: new Uint8Array(0),
  groupId: 1,
  seal: new Uint8Array(0),
  proof: new Uint8Array(0),
}

/** A message as the model knows it: in which session it went, and as which of that session's stream. */
interface Sent {
  readonly data: Data
  readonly ordered: boolean
  readonly tag: number
  readonly peerTag: number
  readonly place: number
}

export class End {
  readonly traffic: Traffic
  readonly path: Path
  readonly sent: Sent[] = []
  /** Places in `sent` of the other end, in the order of arrival, by my tag. */
  readonly received = new Map<number, number[]>()
  /** How my sessions ended, in order. */
  readonly endings: string[] = []
  ackAt = Infinity

  constructor(
    private readonly stage: SessionStage,
    readonly me: PeerName,
    readonly peer: PeerName,
  ) {
    const context: LinkContext = {
      get now() {
        return stage.now
      },
      random: () => stage.newTag(),
      out: () => {},
      newChannel: () => 0,
      tagFor: () => 0,
      me: { ...me, secrets: NO_SECRETS } satisfies Self,
      capabilities: { webSocket: true, rtc: true },
      url: '',
    }
    this.path = new Path(context, peer)
    const askForAck = () => (this.ackAt = stage.now + limits.ackDelay)
    this.traffic = new Traffic(context, this.path, limits.messageSize, askForAck, (fact) => this.note(fact))
  }

  get session() {
    return this.traffic.sessions.get(this.peer.id)
  }

  send(data: Data, ordered: boolean): void {
    const { session } = this
    if (session?.isOpen) {
      const { tag, remoteTag: peerTag } = session
      const place = this.sent.filter((other) => other.tag === tag && other.ordered === ordered).length
      this.sent.push({ data, ordered, tag, peerTag, place })
    }
    this.traffic.outbox.send(data, this.peer.id, ordered)
  }

  receive(bytes: Uint8Array): void {
    const envelope = decodeFrame(bytes)
    assert.ok(envelope, 'a frame of ours that nobody understands')
    const { frame, payload } = envelope
    const from = this.peer.id
    if (frame.type === 'data') this.traffic.onData(from, frame, payload)
    else if (frame.type === 'ack') this.traffic.onAck(from, frame)
    else if (frame.type === 'open') this.traffic.onOpen(from, frame)
    else if (frame.type === 'reset') this.traffic.onReset(from, frame.tag)
  }

  tick(): void {
    this.traffic.meet(this.peer)
    this.traffic.tick(false)
  }

  private note(fact: TrafficFact): void {
    if (fact.fact === 'ended') this.endings.push(fact.how)
    if (fact.fact === 'messages') for (const data of fact.data) this.stage.arrived(this, data)
  }
}

export class SessionStage {
  now = 1_000
  readonly ends: readonly [End, End]
  private tags = 0
  private serial = 0

  constructor() {
    const [a, b] = [
      { id: 1, incarnation: '0000000000000001' },
      { id: 2, incarnation: '0000000000000002' },
    ]
    this.ends = [new End(this, a, b), new End(this, b, a)]
    for (const end of this.ends) end.tick()
  }

  /** Four bytes that no session had before. */
  newTag(): Uint8Array {
    const bytes = new Uint8Array(4)
    // Spread, as random ones are.
    new DataView(bytes.buffer).setUint32(0, Math.imul(++this.tags, 0x9e3779b1))
    return bytes
  }

  other(end: End): End {
    return this.ends[0] === end ? this.ends[1] : this.ends[0]
  }

  /** Contents of this size, unlike those of all other messages. */
  content(size: number, isText: boolean): Data {
    const head = `${++this.serial} `
    const text = head + 'é'.repeat(Math.max(0, (size - head.length) >> 1))
    return isText ? text : new TextEncoder().encode(text)
  }

  /** The promise: in the session in which it was sent, once, as it was, and in its place. */
  arrived(end: End, data: Data): void {
    const { session } = end
    assert.ok(session?.isOpen, 'a message after the end of its session')
    const sender = this.other(end)
    const index = sender.sent.findIndex((sent) => isSame(sent.data, data))
    const sent = sender.sent[index]
    assert.ok(sent, 'a message that nobody sent')
    assert.deepEqual([sent.tag, sent.peerTag], [session.remoteTag, session.tag], 'in another session')
    const before = end.received.get(session.tag) ?? []
    assert.ok(!before.includes(index), 'a message came twice')
    const place = before.filter((other) => sender.sent[other]?.ordered === sent.ordered).length
    if (sent.ordered) assert.equal(place, sent.place, 'out of order, or one is missing')
    end.received.set(session.tag, [...before, index])
  }

  deliver(from: End, index: number): void {
    const [bytes] = from.path.underway.splice(index % Math.max(1, from.path.underway.length), 1)
    if (bytes) this.other(from).receive(bytes)
  }

  /** All that is underway, in order, and what goes out meanwhile. */
  deliverAll(): void {
    for (const end of this.ends) {
      end.traffic.outbox.turnEnded()
      end.traffic.outbox.pump(end.path.drain())
      while (end.path.underway.length > 0) this.deliver(end, 0)
    }
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds
    while (this.now < end) {
      this.now = Math.min(end, this.now + limits.tick)
      for (const one of this.ends) {
        one.tick()
        if (one.ackAt > this.now) continue
        one.ackAt = Infinity
        one.traffic.ackDue()
      }
    }
  }

  /** From now on nothing is lost. */
  settle(isDone: () => boolean): void {
    for (let rounds = 0; rounds === 0 || (rounds < 400 && !isDone()); rounds++) {
      this.deliverAll()
      this.pass(limits.tick)
    }
    assert.ok(isDone(), 'it does not settle')
  }

  /** Both are in the same session, and nothing is on its way. */
  get isSettled(): boolean {
    const [a, b] = [this.ends[0].session, this.ends[1].session]
    if (!a?.isOpen || !b?.isOpen || a.remoteTag !== b.tag || b.remoteTag !== a.tag) return false
    return this.ends.every(({ path, session }) => path.underway.length === 0 && !session?.hasUnacknowledged)
  }
}

const isSame = (a: Data, b: Data): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : Buffer.compare(a, b) === 0
