// A Sigver without sockets for the tests of rooms.ts: peers are numbers, what they hear is a list of words, time is set
// by hand. Fails by itself when an output goes to a channel that is not open.
import assert from 'node:assert/strict'
import { closeCodes } from '../../src/core/closeCodes.js'
import type { Input, Milliseconds, Note, Output } from '../../src/core/contract.js'
import { PROTOCOL_VERSION } from '../../src/core/limits.js'
import { SigverCore, type SigverCoreOptions } from '../../src/core/sigver.js'
import { decodeToPeer, encodeToServer, type ToPeer, type ToServer } from '../../src/core/signalingWire.js'
import { identityOf, peerOf } from './identity.js'

export const TOPIC = 'a-topic_0123456789012345678901234567890abcd'
export const OTHER_TOPIC = TOPIC.toUpperCase()

export interface Announcing {
  readonly topic?: string
  readonly members?: readonly number[]
  readonly favored?: boolean
  readonly life?: number
  readonly version?: number
  readonly address?: string
  readonly token?: string
}

interface Line {
  readonly id: number
  isOpen: boolean
  heard: string[]
}

export class Stage {
  now: Milliseconds = 0
  readonly timers = new Map<string, Milliseconds>()
  /** Whom the last introduction named besides. */
  readonly others: number[] = []
  /** Which of all those it named may listen. */
  readonly favored: number[] = []
  /** Where messages for other instances go. */
  publish: (to: string | undefined, bytes: Uint8Array) => void = () => {}
  private isTurnDue = false
  /** Why peers were sent away last. */
  readonly reasons = new Map<number, string>()
  private readonly lines = new Map<number, Line>()
  private readonly channels = new Map<number, number>()
  private lastChannel = 0

  readonly rooms: SigverCore
  /** What its operator hears of. */
  readonly notes: Note[] = []
  /** Tokens that nobody has decided about yet, by channel. */
  readonly asked = new Map<number, string>()

  constructor(options: SigverCoreOptions = {}) {
    let byte = 0
    this.rooms = new SigverCore((count) => new Uint8Array(count).map(() => (byte += 37)), options)
  }

  // ---- what peers do

  /** A socket that has said nothing yet. */
  accept(id: number, topic = TOPIC, address = ''): number {
    const channel = --this.lastChannel
    this.lines.set(channel, { id, isOpen: true, heard: [] })
    this.channels.set(id, channel)
    this.handle({ on: 'accepted', channel, path: topic, address })
    return channel
  }

  /** A new socket, announced. Returns what it hears at once. */
  arrive(id: number, announcing: Announcing = {}): readonly string[] {
    this.accept(id, announcing.topic, announcing.address)
    if (!this.isOpen(id)) return this.heard(id)
    this.announce(id, announcing)
    return this.heard(id)
  }

  announce(
    id: number,
    { members = [], favored = false, life, version = PROTOCOL_VERSION, token = '' }: Announcing,
  ): void {
    const claim = { members: members.map((member) => peerOf(member)), check: true }
    this.say(id, { type: 'announce', version, ...identityOf(id, life), favored, claim, token })
  }

  claim(id: number, members: readonly number[], check = false): void {
    this.say(id, { type: 'claim', claim: { members: members.map((member) => peerOf(member)), check } })
  }

  /** Both claim the other and all that the other claims: as after a merge. */
  link(...ids: readonly number[]): void {
    for (const id of ids) this.claim(id, without(ids, id))
  }

  unreachable(id: number, peer: number): void {
    this.say(id, { type: 'unreachable', peer: peerOf(peer) })
  }

  relay(id: number, to: number, payload = ''): void {
    this.say(id, { type: 'relay', peer: peerOf(to), payload: Buffer.from(payload) })
  }

  say(id: number, frame: ToServer): void {
    this.sayBytes(id, encodeToServer(frame))
  }

  sayBytes(id: number, bytes: Uint8Array, channel = this.channelOf(id)): void {
    if (this.lines.get(channel)?.isOpen) this.handle({ on: 'received', channel, bytes })
  }

  /** Its socket closes, or an older one of its sockets. */
  leave(id: number, channel = this.channelOf(id)): void {
    const line = this.lines.get(channel)
    if (!line?.isOpen) return
    line.isOpen = false
    this.handle({ on: 'closed', channel, code: 1006, reason: '' })
  }

  closeAll(): void {
    for (const [channel, { id }] of this.lines) this.leave(id, channel)
  }

  channelOf(id: number): number {
    return this.channels.get(id) ?? 0
  }

  isOpen(id: number): boolean {
    return this.lines.get(this.channelOf(id))?.isOpen ?? false
  }

  /** What its newest socket has heard since it was last asked. */
  heard(id: number, channel = this.channelOf(id)): readonly string[] {
    const line = this.lines.get(channel)
    const heard = line?.heard ?? []
    if (line) line.heard = []
    return heard
  }

  // ---- time

  /** Fires the timers that are due on the way. */
  pass(milliseconds: Milliseconds): void {
    const end = this.now + milliseconds
    for (;;) {
      const [timer, at] = [...this.timers].sort(([, a], [, b]) => a - b)[0] ?? ['', Infinity]
      if (at > end) break
      this.now = Math.max(this.now, at)
      this.timers.delete(timer)
      if (timer === 'sweep' || timer === 'hints' || timer === 'beat') this.handle({ on: 'timer', timer })
    }
    this.now = end
  }

  // ---- outputs

  handle(input: Input): void {
    this.perform(this.rooms.handle(input, this.now))
    if (!this.isTurnDue) return
    this.isTurnDue = false
    this.handle({ on: 'turn' })
  }

  perform(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.do === 'timer') this.setTimer(output.timer, output.at)
      else if (output.do === 'send') this.lineOf(output.channel).heard.push(wordsOf(output.bytes, this))
      else if (output.do === 'close') this.hangUp(output.channel, output.code, output.reason)
      else if (output.do === 'publish') this.publish(output.to, output.bytes)
      else if (output.do === 'turn') this.isTurnDue = true
      else if (output.do === 'note') this.notes.push(output.note)
      else if (output.do === 'authenticate') this.asked.set(output.channel, output.token)
      else assert.fail(`unexpected output ${output.do}`)
    }
  }

  /** Somebody has decided about its token. */
  decide(id: number, refusal: string | undefined): void {
    const channel = this.channelOf(id)
    assert.ok(this.asked.delete(channel), `nobody asked about ${id}`)
    this.handle({ on: 'authenticated', channel, refusal })
  }

  private setTimer(timer: string, at: Milliseconds | undefined): void {
    if (at === undefined) this.timers.delete(timer)
    else this.timers.set(timer, at)
  }

  private hangUp(channel: number, code: number | undefined, reason: string | undefined): void {
    const line = this.lineOf(channel)
    line.isOpen = false
    const name = Object.entries(closeCodes).find(([, value]) => value === code)?.[0]
    line.heard.push(`closed: ${name ?? code}`)
    this.reasons.set(line.id, reason ?? '')
  }

  private lineOf(channel: number): Line {
    const line = this.lines.get(channel)
    assert.ok(line?.isOpen, `output to channel ${channel}, which is not open`)
    return line
  }
}

export const without = (ids: readonly number[], id: number): readonly number[] =>
  ids.filter((other) => other !== id)

function wordsOf(bytes: Uint8Array, { others, favored }: Pick<Stage, 'others' | 'favored'>): string {
  const frame: ToPeer | undefined = decodeToPeer(bytes)
  assert.ok(frame, 'a frame that no peer understands')
  switch (frame.type) {
    case 'introduction':
      others.splice(0, Infinity, ...frame.others.map(({ id }) => id))
      favored.splice(0, Infinity, ...frame.favored)
      return `introduction ${frame.peer.id}`
    case 'relay':
      return `relay from ${frame.peer.id}: ${Buffer.from(frame.payload).toString()}`
    case 'gone':
      return `gone ${frame.peers.map(({ id }) => id).join(' ')}`
    case 'turn':
      return `turn ${frame.urls.join(' ')} ${frame.username} ${frame.credential}`
    case 'away':
      return `away ${frame.after}`
    default:
      return frame.type
  }
}
