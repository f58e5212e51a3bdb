// How the cost of a join and of a broadcast grows with the group: Node members, 2 to 32 of them.
import { now } from '../agent/tally.js'
import { MemberProcess } from '../stage/processes.js'
import { all, type Remote } from '../stage/remote.js'
import { roomOf } from '../stage/stage.js'
import { type Figure, plain, type Sample, type Scene, type Work } from './work.js'

export const SIZES = [2, 4, 8, 16, 32]
const COUNT = 2_000
const PATIENCE = 5_000
/** Beside that of the sender. 31 members in them have fewer connections than a process may have. */
const PROCESSES = 4

async function measure({ stage, isQuick }: Scene): Promise<Sample> {
  const sizes = isQuick ? SIZES.slice(0, 4) : SIZES
  const { url } = await stage.serverOf('ours')
  const processes = await Promise.all(
    Array.from({ length: PROCESSES + 1 }, () => MemberProcess.start(stage, 'ours')),
  )
  const [first, ...rest] = processes
  if (!first) throw new Error('no processes')
  const room = roomOf()
  const members: Remote[] = []
  const figures: Record<string, number> = {}
  for (let size = 1; size <= Math.max(...sizes); size++) {
    const home = size === 1 ? first : rest[size % PROCESSES]
    const member = home?.agent(Math.ceil(size / PROCESSES))
    if (!member) throw new Error('no member')
    await member.call('open', url, room)
    members.push(member)
    const began = now()
    const linked = all(members, 'linkedWith')
    await member.call('join')
    const took = (await linked) - began
    await all(members, 'sees')
    if (!sizes.includes(size)) continue
    figures[`join-${size}`] = took
    Object.assign(figures, await broadcast(first, members))
  }
  return { figures }
}

async function broadcast(home: MemberProcess, members: readonly Remote[]): Promise<Record<string, number>> {
  const [sender, ...receivers] = members
  const receiving = Promise.all(receivers.map((receiver) => receiver.call('received', COUNT, PATIENCE)))
  const before = await home.usage()
  const sent = await sender?.call('send', 'loop', COUNT, 100)
  const received = await receiving
  const after = await home.usage()
  const microseconds = (milliseconds: number) => (1000 * milliseconds) / COUNT
  const size = members.length
  return {
    [`broadcast-${size}`]: microseconds(Math.max(...received.map(({ last }) => last)) - (sent?.began ?? NaN)),
    [`sender-${size}`]: microseconds(after.milliseconds - before.milliseconds),
  }
}

const figure = (id: string, title: string, unit: string): Figure => ({
  id,
  title,
  unit,
  better: 'less',
  targets: [],
})

export const growth: readonly Work[] = [
  {
    name: 'growth',
    title: 'Growth with the size of the group',
    text: `Node members with @roamhq/wrtc in five processes. A join: from its call until the newcomer is linked with all, and all with it. A broadcast: ${COUNT.toLocaleString('en')} messages of 100 bytes in one loop until the last arrival at the last member, and the processor time of the sender's process, each per message.`,
    contenders: [plain('ours', 'Netflux 5')],
    figures: SIZES.flatMap((size) => [
      figure(`join-${size}`, `Joining as member ${size}, in Node`, 'ms'),
      figure(`broadcast-${size}`, `A broadcast among ${size}`, 'µs until it is everywhere'),
      figure(`sender-${size}`, `A broadcast among ${size}`, 'µs of processor time at its sender'),
    ]),
    isMain: false,
    deadline: 120_000,
    measure: (_, scene) => measure(scene),
  },
]
