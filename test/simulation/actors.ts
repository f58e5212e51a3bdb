// The processes of a simulated world: members, bots and Sigver, each the real core and driver on a simulated port.
// They record what their user was told; the checkers judge it afterwards.
import type { Data, Event, MemberId } from '../../src/core/contract.js'
import { Group } from '../../src/core/group.js'
import { limits } from '../../src/core/limits.js'
import { Lobby } from '../../src/core/lobby.js'
import { Rooms } from '../../src/core/rooms.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { SignalingState, TopologyState, WebGroupState } from '../../src/core/states.js'
import { Driver } from '../../src/driver.js'
import type { Host, Pipe } from './network.js'
import { SimulatedPort } from './simulatedPort.js'
import type { World } from './world.js'

/** What a user was told or did, in order. */
export type Told = { readonly at: number } & (
  Event | { readonly type: 'sent'; readonly text: string; readonly to: readonly MemberId[] }
)

export class Member {
  readonly told: Told[] = []
  readonly group: Group
  readonly driver: Driver
  readonly port: SimulatedPort
  /** States of topology and signaling as they followed each other. */
  readonly transitions = new Set<string>()
  private topology = TopologyState.IDLE
  private signaling = SignalingState.CLOSED
  private sent = 0

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
      maxMessageSize: limits.messageSize,
      maxBacklog: limits.backlog,
      random: this.port.random,
    })
    this.driver = new Driver(this.group, this.port, (event) => {
      this.told.push({ ...event, at: world.clock.now })
      world.trace(this.name, event)
      this.observe(event)
      onEvent(event)
    })
  }

  get isAlive(): boolean {
    return !this.port.isDead
  }

  get isJoined(): boolean {
    return this.group.state === WebGroupState.JOINED
  }

  get others(): readonly MemberId[] {
    return this.group.members.filter((id) => id !== this.group.myId)
  }

  join(key: string): void {
    this.driver.submit({ on: 'join', key })
  }

  leave(): void {
    this.driver.submit({ on: 'leave' })
  }

  /** Sends a message that says who sent it and how many came before it. */
  send(size = 0, to?: MemberId): void {
    if (this.group.state === WebGroupState.LEFT || this.group.whyNotSend(to, size)) return
    const text = `${this.group.myId} ${++this.sent} ${'x'.repeat(size)}`
    const recipients = to === undefined ? this.others : this.others.filter((id) => id === to)
    this.told.push({ type: 'sent', text, to: recipients, at: this.world.clock.now })
    this.driver.submit({ on: 'send', to, data: text, ordered: true })
  }

  kill(): void {
    this.port.kill()
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

  get received(): readonly { readonly id: MemberId; readonly data: Data }[] {
    return this.told.filter((told) => told.type === 'message')
  }
}

/** A bot: a lobby that hands its sockets to the groups that it makes. */
export class SimulatedBot {
  readonly groups = new Map<string, Member>()
  private readonly port: SimulatedPort
  private readonly lobby: Driver

  constructor(
    private readonly world: World,
    readonly name: Host,
    readonly url: string,
  ) {
    this.port = new SimulatedPort(name, world.network, world.clock, world.coreRandom.bytes)
    this.lobby = new Driver(
      new Lobby(this.port.random),
      this.port,
      () => {},
      (arrival) => {
        const socket = this.port.release(arrival.channel)
        const { topic, key, nonce, hello } = arrival
        const group = this.groups.get(topic) ?? (key === undefined ? undefined : this.create(key))
        if (group && socket)
          group.driver.submit({ on: 'adopted', channel: group.port.adopt(socket), nonce, hello })
        else socket?.close(peerCloseCodes.refused)
      },
    )
    world.network.serve(new URL(url.replace(/^ws/, 'http')).origin, {
      host: name,
      accept: (transport: Pipe, path, address) =>
        this.lobby.submit({ on: 'accepted', channel: this.port.adopt(transport), path, address }),
    })
  }

  private create(key: string): Member {
    const { topic } = deriveSecrets(key)
    const group: Member = this.world.addMember(this.name, this.url, (event) => {
      if (event.type === 'alone') group.leave()
      if (event.type === 'state' && event.state === WebGroupState.LEFT) this.groups.delete(topic)
    })
    this.groups.set(topic, group)
    group.join(key)
    return group
  }
}

export const SIGVER = 'ws://sigver:1'

export class SimulatedSigver {
  private readonly port: SimulatedPort

  constructor(private readonly world: World) {
    this.port = new SimulatedPort('sigver', world.network, world.clock, world.coreRandom.bytes)
    const driver = new Driver(new Rooms(), this.port, () => {})
    world.network.serve(new URL(SIGVER.replace(/^ws/, 'http')).origin, {
      host: 'sigver',
      accept: (transport: Pipe, path, address) =>
        driver.submit({ on: 'accepted', channel: this.port.adopt(transport), path, address }),
    })
  }

  kill(): void {
    this.world.network.close(new URL(SIGVER.replace(/^ws/, 'http')).origin)
    this.port.kill()
  }
}
