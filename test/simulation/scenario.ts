// A random life of groups from one seed: joins, leaves, crashes, cuts, a Sigver that dies, and messages all the while.
// First everything may happen, then the faults end, and the checkers demand that the group is whole again.
import type { Member } from './actors.js'
import { SimulatedBot } from './actors.js'
import * as check from './checkers.js'
import { World } from './world.js'

export interface Verdict {
  readonly seed: number
  readonly hash: number
  readonly members: number
  readonly faults: readonly string[]
  /** Virtual milliseconds from the last fault until all views were equal. */
  readonly convergence: number
}

/** Bound of G1 and G7 here: the longest hold (90 s), one pairing pause (30 s), reconnecting. */
const HEALED_WITHIN = 180_000

export function runScenario(seed: number): Verdict {
  const world = new World(seed)
  const { random } = world
  const size = random.between(2, 8)
  const bot = random.chance(0.4) ? new SimulatedBot(world, 'bot', 'ws://bot:1/') : undefined
  for (let i = 0; i < size; i++) world.addMember(`m${i}`)
  for (const a of world.members)
    for (const b of world.members) if (a.name < b.name && random.chance(0.1)) world.forbid(a.name, b.name)
  const people = [...world.members]
  for (let step = 0; step < 60; step++) {
    act(world, people, bot)
    world.run(random.next() ** 4 * 5_000)
  }
  heal(world, people)
  const healedAt = world.clock.now
  const staying = () => world.members.filter((member) => member.isAlive && member.group.key !== '')
  const canLink = (a: Member, b: Member) =>
    world.canHaveDataChannel(a.name, b.name) || a.url !== '' || b.url !== ''
  const isWhole = () => check.viewsConverge(staying(), canLink).length === 0
  world.runUntil(isWhole, HEALED_WITHIN)
  const convergence = world.clock.now - healedAt
  for (const member of staying()) member.send(10)
  world.run(10_000)
  const faults = [...check.viewsConverge(staying(), canLink), ...judge(world, staying())]
  const alive = world.members.filter((member) => member.isAlive)
  for (const member of alive) member.leave()
  world.run(2_000)
  for (const member of alive) faults.push(...check.nothingHeld(member))
  return { seed, hash: world.hash, members: size, faults, convergence }
}

function judge(world: World, staying: readonly Member[]): string[] {
  return [
    ...check.nothingLost(world.members),
    ...check.everythingArrived(staying),
    ...world.members.flatMap(check.eventsTellTheTruth),
    ...world.members.flatMap(check.transitionsAreDeclared),
  ]
}

function act(world: World, people: Member[], bot: SimulatedBot | undefined): void {
  const { random } = world
  const alive = people.filter((member) => member.isAlive)
  if (alive.length === 0) return
  const one = random.pick(alive)
  const other = random.pick(alive)
  const choice = random.next()
  if (choice < 0.3) one.join('the key')
  else if (choice < 0.35) one.leave()
  else if (choice < 0.38) one.kill()
  else if (choice < 0.42 && one !== other) world.cut(one.name, other.name)
  else if (choice < 0.45) world.cut(one.name)
  else if (choice < 0.5) world.healAll()
  else if (choice < 0.53) world.killSigver()
  else if (choice < 0.58 && !world.sigver) world.startSigver()
  else if (choice < 0.61) world.network.freeze(one.name)
  else if (choice < 0.65) for (const member of alive) world.network.wake(member.name)
  else if (choice < 0.7 && bot && one.group.key !== '')
    one.driver.submit({ on: 'invite', url: bot.url, invitation: 1 })
  else burst(world, one)
}

function burst(world: World, member: Member): void {
  const { random } = world
  const count = random.between(1, 20)
  const to = random.chance(0.3) && member.others.length > 0 ? random.pick(member.others) : undefined
  for (let i = 0; i < count; i++)
    member.send(random.chance(0.1) ? random.between(0, 200_000) : random.between(0, 300), to)
}

function heal(world: World, people: readonly Member[]): void {
  world.healAll()
  if (!world.sigver) world.startSigver()
  for (const member of people) world.network.wake(member.name)
}
