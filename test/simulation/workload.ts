// What the people of a life do, from one step to the next: join, leave, invite bots, talk. Driven by life.ts.
import type { SimulatedBot } from './bot.js'
import type { Member } from './member.js'
import type { Plan } from './plan.js'
import type { World } from './world.js'

/** Bytes of the largest message. */
export const LARGEST = 3_000_000
/** Large ones only in small groups: a broadcast is copied for each member. */
const SMALL_GROUP = 8
const LONGEST_PAUSE = 5_000

export class Workload {
  constructor(
    private readonly world: World,
    private readonly plan: Plan,
    private readonly people: readonly Member[],
    private readonly bots: readonly SimulatedBot[],
  ) {}

  /** Something happens, then time passes. */
  step(): void {
    const { random } = this.world
    const alive = this.people.filter((member) => member.isAlive)
    if (alive.length > 0) this.act(alive)
    const pause = random.next() ** 4 * LONGEST_PAUSE
    this.world.run(Math.min(pause, Math.max(1, this.plan.duration - this.world.clock.now)))
  }

  private act(alive: readonly Member[]): void {
    const { random } = this.world
    const one = random.pick(alive)
    const choice = random.next()
    if (choice < 0.2) this.join(one)
    // A class that begins, a page that many have open: they come in the same moment.
    else if (choice < 0.3)
      for (const each of alive)
        if (random.chance(0.5)) this.join(each)
        else if (choice < 0.35) one.leave()
        else if (choice < 0.36)
          for (const each of alive)
            if (random.chance(0.3)) each.leave()
            else if (choice < 0.37) this.leaveAndJoin(one)
            else if (choice < 0.43 && this.bots.length > 0) this.invite(one)
            else this.talk(one)
  }

  private join(member: Member): void {
    member.join(this.plan.keyOf(member.name))
  }

  /** In one turn. */
  private leaveAndJoin(member: Member): void {
    member.leave()
    this.join(member)
  }

  private invite(member: Member): void {
    if (member.group.key !== '') member.invite(this.world.random.pick(this.bots).url)
  }

  private talk(member: Member): void {
    const { random } = this.world
    const to = random.chance(0.3) && member.others.length > 0 ? random.pick(member.others) : undefined
    const isOrdered = random.chance(0.9)
    for (let count = random.between(1, 20); count > 0; count--) member.send(this.drawSize(), to, isOrdered)
  }

  private drawSize(): number {
    const { random } = this.world
    const share = random.next()
    if (share < 0.9 || this.people.length > SMALL_GROUP) return random.between(0, 300)
    return share < 0.997 ? random.between(0, 200_000) : random.between(200_000, LARGEST)
  }
}
