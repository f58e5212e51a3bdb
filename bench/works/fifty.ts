// Fifty members in eight Node processes: until all are linked with all, and what it costs to stay so.
import { availableParallelism } from 'node:os'
import { now } from '../agent/tally.js'
import { MemberProcess, type Rtc } from '../stage/processes.js'
import type { Remote } from '../stage/remote.js'
import { roomOf } from '../stage/stage.js'
import { plain, type Sample, type Scene, type Work } from './work.js'

interface Home {
  readonly rtc: Rtc
  readonly members: number
}

/** @roamhq/wrtc needs two threads and many file descriptors for each connection, node-datachannel one descriptor. */
const homes: readonly Home[] = [
  ...Array<Home>(6).fill({ rtc: 'wrtc', members: 6 }),
  ...Array<Home>(2).fill({ rtc: 'node-datachannel', members: 7 }),
]
const SIZE = homes.reduce((sum, { members }) => sum + members, 0)
const PATIENCE = 90_000

async function measure({ stage, isQuick }: Scene): Promise<Sample> {
  const { url } = await stage.serverOf('ours')
  const processes = await Promise.all(homes.map(({ rtc }) => MemberProcess.start(stage, 'ours', rtc)))
  const room = roomOf()
  const members = processes.flatMap((each, home) =>
    Array.from({ length: homes[home]?.members ?? 0 }, (_, index) => each.agent(index)),
  )
  await Promise.all(members.map((member) => member.call('open', url, room)))
  const seen = reached(members, 'sees')
  const linked = reached(members, 'linkedWith')
  const began = now()
  await Promise.all(members.map((member) => member.call('join')))
  const [seenAt, linkedAt] = await Promise.all([seen, linked])
  if (linkedAt === undefined || seenAt === undefined)
    return { figures: seenAt === undefined ? {} : { seen: seenAt - began }, note: await missing(members) }
  const idle = await idleFor(processes, isQuick ? 30_000 : 300_000)
  const after = await Promise.all(members.map((member) => member.call('who')))
  return {
    figures: {
      seen: seenAt - began,
      linked: linkedAt - began,
      busy: idle,
      departures: after.reduce((sum, { departures }) => sum + departures, 0),
    },
    note: await missing(members),
  }
}

/** When all are; nothing if that takes too long. */
async function reached(members: readonly Remote[], what: 'sees' | 'linkedWith'): Promise<number | undefined> {
  const wish = { [what]: SIZE - 1 }
  const times = Promise.all(members.map((member) => member.call('until', wish)))
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE)
  })
  const result = await Promise.race([times, late])
  clearTimeout(timer)
  return result && Math.max(...result)
}

async function missing(members: readonly Remote[]): Promise<string> {
  const all = await Promise.all(members.map((member) => member.call('who')))
  const links = all.reduce((sum, { linkedWith }) => sum + linkedWith, 0) / 2
  const most = (SIZE * (SIZE - 1)) / 2
  return links === most ? '' : `${Math.floor(links)} of ${most} pairs linked`
}

/** The part of the machine's processors that all members together use, in percent. */
async function idleFor(processes: readonly MemberProcess[], milliseconds: number): Promise<number> {
  const used = async () => {
    const usages = await Promise.all(processes.map((each) => each.usage()))
    return usages.reduce((sum, usage) => sum + usage.milliseconds, 0)
  }
  const before = await used()
  const began = performance.now()
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  const elapsed = performance.now() - began
  return (100 * ((await used()) - before)) / elapsed / availableParallelism()
}

const TITLE = '50 Node members'
const figure = { better: 'less', targets: [] } as const

export const fifty: readonly Work[] = [
  {
    name: 'fifty',
    title: TITLE,
    text: 'Six processes with six members each and @roamhq/wrtc, two with seven each and node-datachannel; all join at once. Then nothing is said for five minutes: what the processes use meanwhile is a share of all processors, and nobody may leave.',
    contenders: [plain('ours', 'Netflux 5')],
    figures: [
      { ...figure, id: 'seen', title: `${TITLE}: all see all`, unit: 'ms' },
      {
        ...figure,
        id: 'linked',
        title: `${TITLE}: all linked with all`,
        unit: 'ms',
        targets: [{ of: 'ours', against: [], bound: 15_000 }],
      },
      { ...figure, id: 'busy', title: `${TITLE}: processor time while idle`, unit: '% of all processors' },
      {
        ...figure,
        id: 'departures',
        title: `${TITLE}: departures within five minutes`,
        unit: 'departures',
        targets: [{ of: 'ours', against: [], bound: 0 }],
      },
    ],
    isMain: false,
    deadline: 460_000,
    mostRuns: 1,
    measure: (_, scene) => measure(scene),
  },
]
