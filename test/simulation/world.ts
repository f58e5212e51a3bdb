// One simulated world: a clock, a network with its faults, and the processes in it. One seed decides everything.
import type { Event } from '../../src/core/contract.js'
import { Member } from './member.js'
import { SimulatedSigver } from './sigver.js'
import { Clock, Random } from './clock.js'
import { Conditions, isBetween, type Trouble } from './conditions.js'
import { type Host, Network } from './network.js'

export class World {
  readonly clock = new Clock()
  /** Decides delays, faults and workload. */
  readonly random: Random
  /** Decides what the cores draw: their own stream, so that a changed workload does not change ids. */
  readonly coreRandom: Random
  readonly network: Network
  readonly members: Member[] = []
  /** They know a room, but not its key. */
  readonly strangers: Member[] = []
  sigver: SimulatedSigver | undefined
  /** A running hash of every message on the network and everything that any user was told. */
  hash = 0x811c9dc5
  /** What Sigver sees of a host: those behind one router look the same. */
  addressOf = (host: Host): string => host
  private readonly conditions: Conditions

  constructor(
    readonly seed: number,
    /** Takes the lines of the trace: what any user was told, and the faults. */
    private readonly write: (line: string) => void = () => {},
  ) {
    this.random = new Random(seed)
    this.coreRandom = new Random(seed ^ 0x5bd1e995)
    this.conditions = new Conditions(new Random(seed ^ 0x27d4eb2f))
    this.network = new Network(this.clock, this.conditions)
    this.network.onArrival = (host, bytes) => this.mix(host, bytes.length)
    this.startSigver()
  }

  startSigver(): void {
    this.sigver = new SimulatedSigver(this)
  }

  killSigver(): void {
    this.sigver?.kill()
    this.sigver = undefined
  }

  addMember(name: Host, url = '', onEvent?: (event: Event) => void): Member {
    const member = new Member(this, name, url, onEvent)
    this.members.push(member)
    return member
  }

  begin(trouble: Trouble): void {
    this.conditions.begin(trouble)
  }

  end(trouble: Trouble): void {
    this.conditions.end(trouble)
  }

  /** Cuts a pair, or one host from all. */
  cut(a: Host, b?: Host): void {
    this.begin(b === undefined ? { trouble: 'apart', who: [a] } : { trouble: 'cut', who: [a, b] })
  }

  heal(a: Host, b?: Host): void {
    this.conditions.endAll((one) =>
      b === undefined
        ? one.trouble === 'apart' && one.who.includes(a)
        : one.trouble === 'cut' && isBetween(one.who, a, b),
    )
  }

  healAll(): void {
    this.conditions.endAll()
  }

  /** This pair can never have a data channel. */
  forbid(a: Host, b: Host): void {
    this.conditions.forbid(a, b)
  }

  canHaveDataChannel(a: Host, b: Host): boolean {
    return !this.conditions.isForbidden(a, b)
  }

  isCut(a: Host, b: Host): boolean {
    return this.conditions.isCut(a, b) || this.conditions.isCut(b, a)
  }

  run(milliseconds: number): void {
    this.clock.runUntil(this.clock.now + milliseconds)
  }

  /** Runs until this is true; false if it does not come true in time. */
  runUntil(isDone: () => boolean, milliseconds: number, step = 5): boolean {
    const end = this.clock.now + milliseconds
    while (!isDone() && this.clock.now < end) this.run(step)
    return isDone()
  }

  /** What a user was told. */
  trace(name: Host, event: Event): void {
    this.note(name, `${event.type} ${textOf(event)}`)
  }

  /** A line of the trace; the hash covers all of them. */
  note(name: string, what: string): void {
    this.mix(what, name.length)
    this.write(`${this.clock.now.toFixed(3).padStart(11)} ${name.padEnd(8)} ${what}`)
  }

  private mix(text: string, number: number): void {
    let { hash } = this
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ number, 0x01000193)
    this.hash = Math.imul(hash ^ Math.round(this.clock.now * 1_000), 0x01000193) >>> 0
  }
}

function textOf(event: Event): string {
  if (event.type === 'messages') return `${event.id} ${event.data.map(({ length }) => length)}`
  if (event.type === 'error') return event.error.message
  return JSON.stringify(event)
}
