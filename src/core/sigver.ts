// The signaling server as a pure machine: the door decides who may speak, the rooms decide what follows from it.
// Driven by Sigver.ts and by the simulator.
import type { CloseReason } from './closeCodes.js'
import { Cluster } from './cluster.js'
import type { ChannelId, Context, Core, Input, InstanceName, Milliseconds, Output } from './contract.js'
import { Door, type DoorFact, type DoorOptions } from './door.js'
import type { House } from './house.js'
import * as limits from './limits.js'
import { Rooms, type RoomsOptions } from './rooms.js'

export interface SigverCoreOptions extends Partial<DoorOptions>, Partial<RoomsOptions> {
  /** It is one of several instances: under this name. */
  readonly instance?: InstanceName | undefined
}

export class SigverCore implements Core {
  private readonly context: Context
  private readonly door: Door
  private readonly rooms: Rooms
  private readonly cluster: Cluster | undefined
  private outputs: Output[] = []
  private now: Milliseconds = 0
  /** Undefined: it is not under way. */
  private sweptAt: Milliseconds | undefined

  constructor(random: (bytes: number) => Uint8Array, options: SigverCoreOptions = {}) {
    const now = () => this.now
    this.context = {
      get now() {
        return now()
      },
      random,
      out: (output) => this.out(output),
    }
    this.door = new Door(this.context, {
      socketsPerAddress: Infinity,
      framesPerSecond: limits.framesPerSecond,
      authenticates: false,
      turn: undefined,
      ...options,
    })
    const dismiss = (channel: ChannelId, reason: CloseReason) => this.dismiss(channel, reason)
    const bounds = { maxRooms: Infinity, maxPeersPerRoom: limits.members, ...options }
    this.rooms = new Rooms(this.context, bounds, dismiss)
    const { instance } = options
    this.cluster =
      instance === undefined ? undefined : new Cluster(this.context, instance, this.rooms, dismiss)
  }

  handle(input: Input, now: Milliseconds): readonly Output[] {
    this.begin(now)
    switch (input.on) {
      case 'accepted':
        this.door.accept(input.channel, input.path, input.address)
        break
      case 'received':
        this.door.receive(input.channel, input.bytes)
        break
      case 'authenticated':
        this.door.authenticated(input.channel, input.refusal)
        break
      case 'closed':
        this.door.forget(input.channel)
        break
      case 'timer':
        if (input.timer === 'sweep') this.sweep()
        if (input.timer === 'hints') this.rooms.flushHints()
        if (input.timer === 'beat') this.cluster?.beat()
        break
      case 'turn':
        this.cluster?.flush()
        break
      case 'bus':
        this.cluster?.busChanged(input.isUp)
        break
      case 'published':
        this.cluster?.published(input.from, input.bytes)
        break
    }
    this.settle()
    return this.outputs
  }

  /** Sends everyone away, to come back later or elsewhere, and accepts nobody any more. */
  drain(now: Milliseconds): readonly Output[] {
    this.begin(now)
    this.cluster?.close()
    this.door.shut()
    this.rooms.clear()
    this.settle()
    return this.outputs
  }

  private begin(now: Milliseconds): void {
    // Whole numbers take no memory of their own, and there are some of each idle member.
    this.now = Math.floor(now)
    this.outputs = []
  }

  private settle(): void {
    for (let facts = this.door.take(); facts.length > 0; facts = this.door.take())
      for (const fact of facts) this.pass(fact)
    const isNeeded = this.door.size > 0 || this.rooms.size > 0
    if (isNeeded !== (this.sweptAt !== undefined)) this.setSweep(isNeeded)
  }

  private pass(fact: DoorFact): void {
    const { channel } = fact
    const house: House = this.cluster ?? this.rooms
    switch (fact.fact) {
      case 'arrived':
        return house.arrive(channel, fact.topic, fact.announcement)
      case 'said':
        return house.hear(channel, fact.frame, fact.bytes)
      case 'returned':
        return house.returned(channel)
      case 'left':
        return house.leave(channel, false)
    }
  }

  private out(output: Output): void {
    // Those whose sockets another instance holds.
    if (output.do === 'send' && output.channel > 0) this.cluster?.tell(output.channel, output.bytes)
    else this.outputs.push(output)
  }

  private dismiss(channel: ChannelId, reason: CloseReason): void {
    if (channel > 0) this.cluster?.dismiss(channel, reason)
    else this.door.dismiss(channel, reason)
  }

  private sweep(): void {
    // A sweep that comes late was held up with everything else: what the sockets sent meanwhile has not been read yet.
    const isLate = this.sweptAt === undefined || this.now - this.sweptAt >= limits.sweep + limits.lateTick
    if (!isLate) this.door.sweep()
    this.door.refresh()
    this.rooms.sweep()
    this.setSweep(true)
  }

  private setSweep(isNeeded: boolean): void {
    this.sweptAt = isNeeded ? this.now : undefined
    this.context.out({ do: 'timer', timer: 'sweep', at: isNeeded ? this.now + limits.sweep : undefined })
  }
}
