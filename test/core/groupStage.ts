// The core of a WebGroup without sockets, for the tests of group.ts: Sigver is a list of frames to it and from it, users
// are a list of words that they were told, time is set by hand; and a neighbour that says what a test wants it to.
import assert from 'node:assert/strict'
import { NOTHING } from '../../src/core/bytes.js'
import type { Event, Input, MemberId, Output, Timer, TurnServer } from '../../src/core/contract.js'
import { Group } from '../../src/core/group.js'
import * as limits from '../../src/core/limits.js'
import { makeHello, newLink } from '../../src/core/link.js'
import { goodbyeBlock, Packer } from '../../src/core/message.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { decodeToServer, encodeToPeer, type ToPeer, type ToServer } from '../../src/core/signalingWire.js'
import { SignalingState, TopologyState, WebGroupState } from '../../src/core/states.js'
import { decodeFrame, encodeFrame, type Frame, type Hello, type Route } from '../../src/core/wire.js'

const KEY = 'the key'
const SIGVER = 'wss://sigver.example/some/path/'
const incarnationOf = (id: MemberId) => id.toString(16).padStart(16, '0')

export class Stage {
  readonly group: Group
  readonly events: Event[] = []
  readonly timers = new Map<Timer, number>()
  readonly toSigver: ToServer[] = []
  readonly dialed: number[] = []
  now = 0
  /** Where it dialed others, and the channel of each. */
  readonly peersDialed = new Map<number, string>()
  /** The channels that it closed. */
  readonly hungUp: number[] = []
  /** The channel for which the user was asked for a token last. */
  askedForToken = 0
  readonly turnServers: TurnServer[] = []
  /** What the group sent, by channel. */
  readonly sent = new Map<number, Uint8Array[]>()
  private sigver = 0

  /** `seed`: two members draw different random numbers. */
  constructor(
    autoRejoin = true,
    private seed = 1,
    needsToken = false,
  ) {
    this.group = new Group({
      capabilities: { webSocket: true, rtc: true },
      signalingServer: SIGVER,
      url: '',
      favored: false,
      needsToken,
      maxMessageSize: limits.messageSize,
      maxBacklog: limits.backlog,
      random: (count) => Uint8Array.from({ length: count }, () => ++this.seed % 251),
    })
    this.group.autoRejoin = autoRejoin
  }

  handle(...inputs: Input[]): this {
    for (const input of inputs) for (const output of this.group.handle(input, this.now)) this.perform(output)
    return this
  }

  fromSigver(...frames: ToPeer[]): this {
    for (const frame of frames)
      this.handle({ on: 'received', channel: this.sigver, bytes: encodeToPeer(frame) })
    return this
  }

  opened(): this {
    return this.handle({ on: 'opened', channel: this.sigver })
  }

  closed(code = 1006): this {
    return this.handle({ on: 'closed', channel: this.sigver, code, reason: 'gone' })
  }

  /** Time passes, and every timer rings at its time. */
  pass(milliseconds: number): this {
    const end = this.now + milliseconds
    for (;;) {
      const [timer, at] = [...this.timers].sort(([, a], [, b]) => a - b)[0] ?? []
      if (timer === undefined || at === undefined || at > end) break
      this.timers.delete(timer)
      this.now = Math.max(this.now, at)
      this.handle({ on: 'timer', timer })
    }
    this.now = end
    return this
  }

  /** Lets this timer ring at its time. */
  ring(timer: 'reconnect' | 'heartbeat' | 'claim'): this {
    const at = this.timers.get(timer)
    assert.ok(at !== undefined, `${timer} is not set`)
    this.timers.delete(timer)
    this.now = Math.max(this.now, at)
    return this.handle({ on: 'timer', timer })
  }

  joinAlone(): this {
    this.handle({ on: 'join', key: KEY }).opened()
    return this.fromSigver({ type: 'connected' }, { type: 'connected' })
  }

  /** What the user was told since the last time, but for the topology. */
  get told(): string[] {
    const events = this.events.splice(0)
    return events.flatMap((event) => {
      switch (event.type) {
        case 'state':
          return [WebGroupState[event.state]]
        case 'signalingState':
          return [`signaling ${SignalingState[event.state]}`]
        case 'error':
          return [event.error.code]
        case 'messages':
          return event.data.map(() => 'message')
        case 'topologyState':
        case 'alone':
          return []
        default:
          return [event.type]
      }
    })
  }

  /** The topology since the last time; what else was told is forgotten. */
  get topologies(): string[] {
    const events = this.events.splice(0)
    return events.flatMap((event) => (event.type === 'topologyState' ? [TopologyState[event.state]] : []))
  }

  private perform(output: Output): void {
    if (output.do === 'tell') this.events.push(output.event)
    if (output.do === 'timer') {
      if (output.at === undefined) this.timers.delete(output.timer)
      else this.timers.set(output.timer, output.at)
    }
    if (output.do === 'close') this.hungUp.push(output.channel)
    if (output.do === 'token') this.askedForToken = output.channel
    if (output.do === 'ice') this.turnServers.push(output.server)
    if (output.do === 'dial' && !output.url.startsWith(SIGVER))
      this.peersDialed.set(output.channel, output.url)
    else if (output.do === 'dial') {
      this.sigver = output.channel
      this.dialed.push(this.now)
    }
    if (output.do !== 'send') return
    this.sent.set(output.channel, [...(this.sent.get(output.channel) ?? []), output.bytes])
    if (output.channel !== this.sigver) return
    const frame = decodeToServer(output.bytes)
    assert.ok(frame)
    this.toSigver.push(frame)
  }
}

/** A member that came to this group by itself, as to a bot's, and is linked with it. */
export class Neighbor {
  readonly channel: number
  readonly greeting: Hello
  private numbers = 0
  private last: Uint8Array = NOTHING

  constructor(
    private readonly stage: Stage,
    readonly id: MemberId,
    /** Its end of the session, if its hello names it. */
    private readonly named = 0,
  ) {
    this.channel = -id
    const me = { id, incarnation: incarnationOf(id), secrets: deriveSecrets(KEY) }
    const name = { dialer: id, attempt: 1 }
    const fields = { kind: 'websocket', role: 'dialer', url: '', deadline: 0, invitation: 1 } as const
    const link = { ...newLink({ ...fields, channel: 1, name, peer: undefined }), tag: named }
    const nonce = new Uint8Array(16)
    const hello = encodeFrame({ type: 'hello', hello: makeHello(me, link, nonce, nonce, KEY) })
    stage.handle({ on: 'adopted', channel: this.channel, nonce, hello })
    const answer = this.heard.find((frame) => frame.type === 'hello')
    assert.ok(answer?.type === 'hello')
    this.greeting = answer.hello
    this.announce(id, [stage.group.myId])
  }

  /** What it has heard of the group. */
  get heard(): readonly Frame[] {
    return (this.stage.sent.get(this.channel) ?? []).flatMap((bytes) => decodeFrame(bytes)?.frame ?? [])
  }

  /** Of itself or of another; `url`: where that one listens, and then it can do nothing else. */
  announce(id: MemberId, neighbors: readonly MemberId[], version = 1, url = ''): void {
    const member = { id, incarnation: incarnationOf(id), version, neighbors, url, rtc: url === '' }
    this.say({ type: 'announcements', members: [member] })
  }

  /** Its end of the session. */
  open(): this {
    const { incarnation: peerIncarnation } = this.greeting
    const incarnation = incarnationOf(this.id)
    this.say({ type: 'open', tag: this.own, peerTag: this.tag, incarnation, peerIncarnation, isOpen: true })
    return this
  }

  send(text: string): void {
    const packer = new Packer()
    packer.add(Buffer.from(text), true)
    this.sendBlock(packer.take().bytes)
  }

  sayGoodbye(): void {
    this.sendBlock(goodbyeBlock().bytes)
  }

  private get own(): number {
    return this.named || 1
  }

  /** What frames of the session say. */
  get session(): number {
    return (this.tag ^ this.own) >>> 0
  }

  /** The group's end of the session. */
  get tag(): number {
    const opens = this.heard.flatMap((frame) => (frame.type === 'open' ? [frame.tag] : []))
    return opens.at(-1) ?? assert.fail('no session is opened')
  }

  sendBlock(block: Uint8Array): void {
    this.numbers += 1
    this.last = block
    this.repeat()
  }

  /** The same block once more, as long as it is not acknowledged. */
  repeat(): void {
    const frame = { tag: this.session, bulk: false, number: this.numbers, ack: 1, bulkAck: 1 } as const
    this.say({ type: 'data', ...frame }, this.last)
  }

  /** `route`: it passes this on. */
  say(frame: Frame, payload: Uint8Array = NOTHING, route?: Route): void {
    const bytes = encodeFrame(frame, route, payload)
    this.stage.handle({ on: 'received', channel: this.channel, bytes })
  }
}

export const hidden: Input = { on: 'environment', online: true, visible: false }
export const present: Input = { on: 'environment', online: true, visible: true }
