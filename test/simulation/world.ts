// One simulated world: a clock, a network with its faults, and the processes in it. One seed decides everything.
import type { Event } from '../../src/core/contract.js'
import { Member, SimulatedSigver } from './actors.js'
import { Clock, Random } from './clock.js'
import { type Host, Network } from './network.js'

export class World {
  readonly clock = new Clock()
  /** Decides delays, faults and workload. */
  readonly random: Random
  /** Decides what the cores draw: their own stream, so that a changed workload does not change ids. */
  readonly coreRandom: Random
  readonly network: Network
  readonly members: Member[] = []
  sigver: SimulatedSigver | undefined
  /** A running hash of everything that any user was told. */
  hash = 0x811c9dc5
  private readonly cuts = new Set<string>()
  private readonly forbidden = new Set<string>()

  constructor(readonly seed: number) {
    this.random = new Random(seed)
    this.coreRandom = new Random(seed ^ 0x5bd1e995)
    this.network = new Network(this.clock, new Random(seed ^ 0x27d4eb2f), {
      isCut: (a, b) => this.cuts.has(pair(a, b)) || this.cuts.has(a) || this.cuts.has(b),
      isForbidden: (a, b) => this.forbidden.has(pair(a, b)),
    })
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

  cut(a: Host, b?: Host): void {
    this.cuts.add(b === undefined ? a : pair(a, b))
  }

  heal(a: Host, b?: Host): void {
    this.cuts.delete(b === undefined ? a : pair(a, b))
  }

  healAll(): void {
    this.cuts.clear()
  }

  /** This pair can never have a data channel. */
  forbid(a: Host, b: Host): void {
    this.forbidden.add(pair(a, b))
  }

  canHaveDataChannel(a: Host, b: Host): boolean {
    return !this.forbidden.has(pair(a, b))
  }

  run(milliseconds: number): void {
    this.clock.runUntil(this.clock.now + milliseconds)
  }

  /** Runs until this is true; false if it does not come true in time. */
  runUntil(isDone: () => boolean, milliseconds: number): boolean {
    const end = this.clock.now + milliseconds
    while (!isDone() && this.clock.now < end) this.run(5)
    return isDone()
  }

  trace(name: Host, event: Event): void {
    const what =
      event.type === 'message'
        ? `${event.id} ${event.data.length}`
        : event.type === 'error'
          ? event.error.message
          : JSON.stringify(event)
    const line = `${this.clock.now.toFixed(3)} ${name} ${event.type} ${what}`
    for (let i = 0; i < line.length; i++)
      this.hash = Math.imul(this.hash ^ line.charCodeAt(i), 0x01000193) >>> 0
    if (process.env.TRACE) console.log(line)
  }
}

function pair(a: Host, b: Host): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
