// Lives a plan: first everything may go wrong while members join, talk and leave, then the faults end (but for those that
// stay for good), and the checkers demand that every group is whole again, and that nothing is left of it at the end.
import { SimulatedBot } from './bot.js'
import * as events from './checkers/events.js'
import * as memory from './checkers/memory.js'
import * as messages from './checkers/messages.js'
import * as released from './checkers/released.js'
import * as strangers from './checkers/strangers.js'
import * as transitions from './checkers/transitions.js'
import * as views from './checkers/views.js'
import type { Milliseconds } from '../../src/core/contract.js'
import { beginFault, type Fault } from './faults.js'
import { type Happening, happeningsOf } from './happenings.js'
import type { Member } from './member.js'
import type { Plan } from './plan.js'
import { LARGEST, Workload } from './workload.js'
import { World } from './world.js'

export interface Verdict {
  readonly seed: number
  /** Of everything that happened. */
  readonly hash: number
  readonly members: number
  /** What was wrong, with the promise that it broke. */
  readonly broken: readonly string[]
  /** From the end of the faults until all views were equal. */
  readonly convergence: Milliseconds
  /** Of the tables: those that were taken. */
  readonly transitions: readonly string[]
  readonly happenings: readonly Happening[]
  /** That any user was told. */
  readonly messages: number
  readonly lasted: Milliseconds
}

/** Bound of G1 and G7 here: the longest hold (90 s), one pairing pause (30 s), reconnecting, dialling. */
const HEALED_WITHIN = 180_000
/** Everything said after that has arrived: on the slowest link that stays, too. */
const ARRIVED_WITHIN = 120_000
/** G6. */
const RELEASED_WITHIN = 2_000

export function live(plan: Plan, write?: (line: string) => void): Verdict {
  const life = new Life(plan, write)
  try {
    life.rage()
    life.heal()
    life.part()
  } catch (error) {
    life.broken.push(`G10: ${error instanceof Error ? error.stack : String(error)}`)
  }
  return life.verdict
}

class Life {
  readonly broken: string[] = []
  private readonly world: World
  private readonly workload: Workload
  /** How to undo the faults that are there. */
  private readonly endings = new Map<Fault, () => unknown>()
  private convergence: Milliseconds = 0

  constructor(
    private readonly plan: Plan,
    write?: (line: string) => void,
  ) {
    this.world = new World(plan.seed, write)
    const { world } = this
    const bots = plan.bots.map((host) => new SimulatedBot(world, host, `ws://${host}:1/`))
    const people = plan.members.map((host) => world.addMember(host))
    for (const [a, b] of plan.forbidden) world.forbid(a, b)
    for (const fault of plan.faults) world.clock.at(fault.at, () => this.begin(fault))
    this.workload = new Workload(world, plan, people, bots)
  }

  get verdict(): Verdict {
    const { world, broken, convergence, plan } = this
    const taken = new Set(world.members.flatMap((member) => [...member.transitions]))
    const common = { seed: plan.seed, hash: world.hash, members: plan.members.length }
    return {
      ...common,
      broken,
      convergence,
      transitions: [...taken],
      happenings: happeningsOf(world.members),
      messages: world.members.reduce((sum, member) => sum + member.received.length, 0),
      lasted: world.clock.now,
    }
  }

  /** Safety: whatever happens, nothing untrue is told. */
  rage(): void {
    while (this.world.clock.now < this.plan.duration) this.workload.step()
    const members = this.world.members.length
    for (const member of this.honest) this.demand('G8', memory.memoryIsBounded(member, LARGEST, members))
  }

  /** Progress: within the bounds, all is well again. */
  heal(): void {
    for (const fault of [...this.endings.keys()]) if (fault.lasts !== undefined) this.end(fault)
    this.world.note('world', 'the faults are over')
    const healedAt = this.world.clock.now
    this.world.runUntil(() => this.groups.every((group) => this.isWhole(group)), HEALED_WITHIN, 50)
    this.convergence = this.world.clock.now - healedAt
    for (const group of this.groups) this.demand('G1, G7', views.viewsConverge(this.world, group))
    for (const member of this.staying) member.send(10)
    const hasArrived = () => this.groups.every((group) => messages.everythingArrived(group).length === 0)
    // What arrived is kept until its acknowledgement comes: a socket in TCP's backoff holds that up.
    const isFree = () => this.staying.every((member) => this.leftIn(member).length === 0)
    this.world.run(5_000)
    this.world.runUntil(() => hasArrived() && isFree(), ARRIVED_WITHIN, 1_000)
    this.judge()
  }

  /** Everyone goes: nothing is left. */
  part(): void {
    const alive = this.honest.filter((member) => member.isAlive)
    for (const member of alive) member.leave()
    this.world.run(RELEASED_WITHIN)
    for (const member of alive) this.demand('G6', released.nothingHeld(member))
  }

  private judge(): void {
    const { world, honest, groups } = this
    this.demand('G2', messages.nothingLost(world.members))
    for (const group of groups) {
      this.demand('G2', messages.everythingArrived(group))
      this.demand('G5', transitions.pairsHaveOneLink(group))
    }
    this.demand('G4', strangers.nothingCrosses(honest, world.members, world.strangers))
    for (const member of honest) {
      this.demand('G2', messages.arriveUnchanged(member))
      this.demand('G3', events.eventsTellTheTruth(member))
      this.demand('G5', transitions.transitionsAreDeclared(member))
      if (member.isAlive) this.demand('G8', this.leftIn(member))
    }
  }

  private leftIn(member: Member): string[] {
    return memory.memoryIsFree(member, this.world.members.length)
  }

  private demand(promise: string, faults: readonly string[]): void {
    this.broken.push(...faults.map((fault) => `${promise}: ${fault}`))
  }

  /** One link per pair too: dials that crossed take their time. */
  private isWhole(group: readonly Member[]): boolean {
    return (
      views.viewsConverge(this.world, group).length === 0 && transitions.pairsHaveOneLink(group).length === 0
    )
  }

  private get honest(): Member[] {
    return this.world.members.filter((member) => !member.isHostile)
  }

  private get staying(): Member[] {
    return this.honest.filter((member) => member.isAlive && member.group.key !== '')
  }

  private get groups(): Member[][] {
    const { staying } = this
    return this.plan.keys.map((key) => staying.filter((member) => member.home === key))
  }

  private begin(fault: Fault): void {
    if (this.world.clock.now >= this.plan.duration) return
    this.world.note('world', `${fault.kind} ${fault.who.join(' ')} ${fault.amount}`)
    this.endings.set(fault, beginFault(this.world, fault, this.plan))
    if (fault.lasts !== undefined) this.world.clock.after(fault.lasts, () => this.end(fault))
  }

  private end(fault: Fault): void {
    const undo = this.endings.get(fault)
    this.endings.delete(fault)
    if (undo) this.world.note('world', `end of ${fault.kind} ${fault.who.join(' ')}`)
    undo?.()
  }
}
