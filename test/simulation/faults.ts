// The faults of a life: what each kind draws, does when it begins and undoes when it ends. Planned by plan.ts.
// A fault is plain data, so that a failing life can be printed, shrunk and replayed.
import type { Milliseconds } from '../../src/core/contract.js'
import { Random } from './clock.js'
import { SimulatedBot } from './bot.js'
import type { Trouble } from './conditions.js'
import { addStranger, garbageBeside, lyingSigver } from './liar.js'
import type { Member } from './member.js'
import type { Host } from './network.js'
import type { World } from './world.js'

export interface Fault {
  readonly kind: FaultKind
  readonly at: Milliseconds
  /** undefined: for good. */
  readonly lasts: Milliseconds | undefined
  readonly who: readonly Host[]
  /** What it means depends on the kind. */
  readonly amount: number
}

/** What a kind may draw from: the members' hosts, without bots. */
export interface Cast {
  readonly members: readonly Host[]
  readonly keys: readonly string[]
  keyOf(host: Host): string
}

interface Kind {
  /** How many hosts it is about. */
  readonly hosts?: (random: Random, cast: Cast) => readonly Host[]
  readonly amount?: (random: Random) => number
  /** The longest, in milliseconds. */
  readonly longest?: Milliseconds
  /** Some of this kind never end: the chance. */
  readonly forGood?: number
  /** Returns what undoes it. */
  begin(world: World, fault: Fault, cast: Cast): () => unknown
}

const one = (random: Random, { members }: Cast) => [random.pick(members)]
const two = (random: Random, { members }: Cast) => shuffled(random, members).slice(0, 2)
const some = (random: Random, { members }: Cast) =>
  shuffled(random, members).slice(0, random.between(1, Math.max(1, members.length >> 1)))
const nothing = (): void => {}

const trouble = (make: (fault: Fault) => Trouble): Kind['begin'] => {
  return (world, fault) => {
    const made = make(fault)
    world.begin(made)
    return () => world.end(made)
  }
}

/** Of its own: what a liar draws changes nothing else. */
const randomOf = (world: World, { at }: Fault): Random => new Random(world.seed ^ Math.round(at))
const pairOf = ({ who: [a = '', b = ''] }: Fault): readonly [Host, Host] => [a, b]
const firstOf = ({ who: [first = ''] }: Fault): Host => first
const memberOf = (world: World, fault: Fault): Member | undefined =>
  world.members.find((member) => member.name === firstOf(fault) && member.isAlive)

export const kinds = {
  'slow network': {
    amount: (random) => random.between(2, 40),
    forGood: 0.2,
    begin: trouble(({ amount }) => ({ trouble: 'slow network', factor: amount })),
  },
  'even network': { begin: trouble(() => ({ trouble: 'even network' })) },
  'slow link': {
    hosts: two,
    amount: (random) => random.between(5, 500),
    forGood: 0.2,
    begin: trouble((fault) => ({ trouble: 'slow link', who: pairOf(fault), rate: fault.amount })),
  },
  cut: { hosts: two, begin: trouble((fault) => ({ trouble: 'cut', who: pairOf(fault) })) },
  'one-way cut': { hosts: two, begin: trouble((fault) => ({ trouble: 'one-way cut', who: pairOf(fault) })) },
  'link break': {
    hosts: two,
    begin: (world, fault) => {
      world.network.breakPipes(...pairOf(fault))
      return nothing
    },
  },
  'cut off': { hosts: one, begin: trouble(({ who }) => ({ trouble: 'apart', who })) },
  /** Two at the same time make three or four sides. */
  partition: { hosts: some, forGood: 0.1, begin: trouble(({ who }) => ({ trouble: 'apart', who })) },
  crash: {
    hosts: one,
    forGood: 1,
    begin: (world, fault) => {
      memberOf(world, fault)?.kill()
      return nothing
    },
  },
  /** Of a process or a tab: nothing happens there; what came meanwhile waits. */
  freeze: {
    hosts: one,
    begin: (world, fault) => {
      const member = memberOf(world, fault)
      if (!member) return nothing
      world.network.freeze(member.name)
      return () => member.isStopped || world.network.wake(member.name)
    },
  },
  /** Frozen for good, its sockets open: a receiver that never drains. */
  stop: {
    hosts: one,
    forGood: 1,
    begin: (world, fault) => {
      const member = memberOf(world, fault)
      if (member) member.isStopped = true
      world.network.freeze(firstOf(fault))
      return nothing
    },
  },
  /** A tab in the background, then a jump as its timers are let go. */
  throttle: {
    hosts: one,
    amount: (random) => random.pick([1_000, 60_000]),
    longest: 180_000,
    begin: (world, fault) => {
      const port = memberOf(world, fault)?.port
      port?.throttle(fault.amount)
      return () => port?.throttle(1)
    },
  },
  'clock jump': {
    hosts: one,
    amount: (random) => random.between(1_000, 600_000),
    begin: (world, fault) => {
      memberOf(world, fault)?.port.jump(fault.amount)
      return nothing
    },
  },
  'sigver crash': {
    longest: 120_000,
    begin: (world) => {
      world.killSigver()
      return () => world.sigver || world.startSigver()
    },
  },
  /** It comes back after each crash, and crashes again. */
  'sigver flaps': {
    amount: (random) => random.between(20, 2_000),
    longest: 20_000,
    begin: (world, { amount }) => flap(world, amount),
  },
  /** A bot that has to find its group without it. */
  'bot in a flap': {
    hosts: one,
    amount: (random) => random.between(5, 200),
    longest: 20_000,
    begin: (world, fault) => {
      const bot = new SimulatedBot(world, `b${Math.round(fault.at)}`, `ws://b${Math.round(fault.at)}:1/`)
      const end = flap(world, fault.amount)
      const member = memberOf(world, fault)
      if (member && member.group.key !== '') member.invite(bot.url)
      return end
    },
  },
  'sigver slow': {
    amount: (random) => random.between(200, 5_000),
    begin: trouble(({ amount }) => ({ trouble: 'late', who: ['sigver'], by: amount })),
  },
  'sigver lies': {
    begin: (world, fault) => {
      const { sigver } = world
      if (!sigver) return nothing
      sigver.port.tamper = lyingSigver(randomOf(world, fault))
      return () => {
        if (world.sigver !== sigver) return
        world.killSigver()
        world.startSigver()
      }
    },
  },
  'same id': {
    hosts: two,
    begin: (world, fault, cast) => {
      const [a, b] = pairOf(fault).map((host) => world.members.find(({ name }) => name === host))
      if (!a?.isAlive || !b?.isAlive || b.group.myId === 0) return nothing
      a.nextId = b.group.myId
      a.leave()
      a.join(cast.keyOf(a.name))
      return nothing
    },
  },
  stranger: {
    amount: (random) => random.between(0, 99),
    begin: (world, { amount, at }, { keys }) => {
      const stranger = addStranger(world, `x${Math.round(at)}`, keys[amount % keys.length] ?? '')
      world.strangers.push(stranger)
      return () => stranger.kill()
    },
  },
  garbage: {
    hosts: one,
    begin: (world, fault) => {
      const member = memberOf(world, fault)
      if (!member) return nothing
      member.isHostile = true
      member.port.tamper = garbageBeside(randomOf(world, fault))
      return () => member.kill()
    },
  },
} satisfies Record<string, Kind>

function flap(world: World, every: Milliseconds): () => void {
  let isOver = false
  const turn = () => {
    if (isOver) return
    if (world.sigver) world.killSigver()
    else world.startSigver()
    world.clock.after(every, turn)
  }
  turn()
  return () => {
    isOver = true
    if (!world.sigver) world.startSigver()
  }
}

export type FaultKind = keyof typeof kinds
export const faultKinds = Object.keys(kinds) as readonly FaultKind[]

const LONGEST = 60_000

/** Most are short; some last as long as this kind may. */
export function drawFault(kind: FaultKind, at: Milliseconds, random: Random, cast: Cast): Fault {
  const { hosts, amount, longest = LONGEST, forGood = 0 }: Kind = kinds[kind]
  const lasts = random.chance(forGood) ? undefined : random.next() ** 3 * longest
  return { kind, at, lasts, who: hosts?.(random, cast) ?? [], amount: amount?.(random) ?? 0 }
}

export function beginFault(world: World, fault: Fault, cast: Cast): () => unknown {
  const kind: Kind = kinds[fault.kind]
  return kind.begin(world, fault, cast)
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
