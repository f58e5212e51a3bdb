// What the people of a life do, from one step to the next: join, leave, invite bots, talk. Driven by life.ts.
import type { SimulatedBot } from './bot.js'
import type { Random } from './clock.js'
import type { Member } from './member.js'
import type { Plan } from './plan.js'
import type { World } from './world.js'

/** Bytes of the largest message. */
export const LARGEST = 3_000_000
/** Large ones only in small groups: a broadcast is copied for each member. */
const SMALL_GROUP = 8
const LONGEST_PAUSE = 5_000

/** What can happen in a step, and how often in a hundred. */
const DEEDS = {
  join: 20,
  /** A class that begins, a page that many have open: they come in the same moment. */
  joinTogether: 10,
  leave: 5,
  leaveTogether: 1,
  leaveAndJoin: 1,
  invite: 6,
  talk: 57,
} as const
type Deed = keyof typeof DEEDS

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
    switch (drawDeed(random)) {
      case 'join':
        return this.join(one)
      case 'joinTogether':
        return alive.filter(() => random.chance(0.5)).forEach((each) => this.join(each))
      case 'leave':
        return one.leave()
      case 'leaveTogether':
        return alive.filter(() => random.chance(0.3)).forEach((each) => each.leave())
      case 'leaveAndJoin':
        return this.leaveAndJoin(one)
      case 'invite':
        return this.invite(one)
      case 'talk':
        return this.talk(one)
    }
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
    if (member.group.key !== '' && this.bots.length > 0) member.invite(this.world.random.pick(this.bots).url)
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

function drawDeed(random: Random): Deed {
  let left = random.next() * 100
  for (const deed of Object.keys(DEEDS) as Deed[]) {
    left -= DEEDS[deed]
    if (left < 0) return deed
  }
  return 'talk'
}
