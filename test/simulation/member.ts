// A member or a bot's group in a simulated world: the real core and driver on a simulated port.
// It records what its user was told; the checkers judge that afterwards.
import type { Event, MemberId } from '../../src/core/contract.js'
import { Group } from '../../src/core/group.js'
import * as limits from '../../src/core/limits.js'
import { SignalingState, TopologyState, WebGroupState } from '../../src/core/states.js'
import { Driver } from '../../src/driver.js'
import type { Host } from './network.js'
import { SIGVER } from './sigver.js'
import { SimulatedPort } from './simulatedPort.js'
import { type Header, headerOf, textOf } from './text.js'
import type { World } from './world.js'

/** What a user was told or did, in order. */
export type Told = { readonly at: number } & (
  | Exclude<Event, { type: 'messages' }>
  /** `header` is undefined if the message is not as it was sent. */
  | { readonly type: 'message'; readonly id: MemberId; readonly header: Header | undefined }
  | {
      readonly type: 'sent'
      readonly header: Header
      readonly to: readonly MemberId[]
      readonly isPrivate: boolean
    }
)

export class Member {
  /** Small enough for a life to reach it. */
  readonly maxBacklog = 16 * 1024 * 1024
  /** The key of its group, once it has joined one. */
  home = ''
  readonly told: Told[] = []
  readonly group: Group
  readonly driver: Driver
  readonly port: SimulatedPort
  /** States of topology and signaling as they followed each other. */
  readonly transitions = new Set<string>()
  /** Stopped for good, but its sockets stay. */
  isStopped = false
  /** It sends garbage: what it says and hears proves nothing. */
  isHostile = false
  /** The id of its next life, in place of a random one. */
  nextId: MemberId | undefined
  private topology = TopologyState.IDLE
  private signaling = SignalingState.CLOSED
  private readonly sent = { ordered: 0, free: 0 }

  constructor(
    readonly world: World,
    readonly name: Host,
    readonly url = '',
    onEvent: (event: Event) => void = () => {},
  ) {
    this.port = new SimulatedPort(name, world.network, world.clock, world.coreRandom.bytes)
    const { capabilities } = this.port
    this.group = new Group({
      capabilities,
      signalingServer: SIGVER,
      url,
      favored: url !== '',
      needsToken: false,
      maxMessageSize: limits.messageSize,
      maxBacklog: this.maxBacklog,
      random: (count) => this.draw(count),
    })
    this.driver = new Driver(this.group, this.port, (event) => {
      this.record(event)
      world.trace(this.name, event)
      this.observe(event)
      onEvent(event)
    })
  }

  get isAlive(): boolean {
    return !this.port.isDead && !this.isStopped
  }

  get isJoined(): boolean {
    return this.group.state === WebGroupState.JOINED
  }

  get others(): readonly MemberId[] {
    return this.group.members.filter((id) => id !== this.group.myId)
  }

  join(key: string): void {
    this.home = key
    this.driver.submit({ on: 'join', key })
  }

  leave(): void {
    this.driver.submit({ on: 'leave' })
  }

  invite(url: string): void {
    this.driver.submit({ on: 'invite', url, invitation: 1 })
  }

  send(size = 0, to?: MemberId, ordered = true): void {
    if (this.group.state === WebGroupState.LEFT || this.group.whyNotSend(to, size)) return
    const number = ++this.sent[ordered ? 'ordered' : 'free']
    const { name, group } = this
    const header = { key: group.key, name, sender: group.myId, ordered, number, size }
    const recipients = to === undefined ? this.others : this.others.filter((id) => id === to)
    this.told.push({
      type: 'sent',
      header,
      to: recipients,
      isPrivate: to !== undefined,
      at: this.world.clock.now,
    })
    this.driver.submit({ on: 'send', to, data: textOf(header), ordered })
  }

  kill(): void {
    this.port.kill()
  }

  get received(): readonly (Told & { type: 'message' })[] {
    return this.told.filter((told) => told.type === 'message')
  }

  private draw(count: number): Uint8Array {
    const { nextId } = this
    if (count !== 4 || nextId === undefined) return this.port.random(count)
    this.nextId = undefined
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, nextId)
    return bytes
  }

  private record(event: Event): void {
    const at = this.world.clock.now
    if (event.type !== 'messages') return void this.told.push({ ...event, at })
    for (const data of event.data) {
      const header = typeof data === 'string' ? headerOf(data) : undefined
      this.told.push({ type: 'message', id: event.id, header, at })
    }
  }

  private observe(event: Event): void {
    if (event.type === 'topologyState') {
      this.transitions.add(`${TopologyState[this.topology]} ${TopologyState[event.state]}`)
      this.topology = event.state
    } else if (event.type === 'signalingState') {
      this.transitions.add(`${SignalingState[this.signaling]} ${SignalingState[event.state]}`)
      this.signaling = event.state
    }
  }
}
