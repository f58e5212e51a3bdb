// What a member costs another one's memory while nothing happens: in Node, over WebSockets.
import { MemberProcess } from '../stage/processes.js'
import { roomOf } from '../stage/stage.js'
import { plain, type Sample, type Scene, type Work } from './work.js'

const FEW = 8
const MANY = 40
const PROCESSES = 4
const MEASURED_EVERY = 1_000
const MEASUREMENTS = 12

/** The least that it holds over some seconds, each time after a garbage collection: timers and frames come and go. */
async function held(home: MemberProcess): Promise<number> {
  let least = Infinity
  for (let count = 0; count < MEASUREMENTS; count++) {
    await new Promise((resolve) => setTimeout(resolve, MEASURED_EVERY))
    least = Math.min(least, (await home.usage()).held)
  }
  return least
}

async function measure({ stage, isQuick }: Scene): Promise<Sample> {
  const many = isQuick ? 2 * FEW : MANY
  const { url } = await stage.serverOf('ours')
  const [home, ...others] = await Promise.all(
    Array.from({ length: PROCESSES + 1 }, () => MemberProcess.start(stage, 'ours')),
  )
  const member = home?.agent(0)
  if (!home || !member) throw new Error('no processes')
  await member.call('open', url, roomOf())
  await member.call('join')
  const holds: number[] = []
  // Bots listen, so that everybody is linked over WebSockets: with the member, and with each other.
  for (let count = 1; count <= many; count++) {
    const bot = await others[count % PROCESSES]?.bot(url)
    if (bot !== undefined) await member.call('invite', bot)
    if (count === FEW || count === many) {
      await member.call('until', { linkedWith: count })
      holds.push(await held(home))
    }
  }
  const [few = NaN, all = NaN] = holds
  return { figures: { held: (all - few) / (many - FEW) / 1000 } }
}

const TITLE = 'Memory per linked member, idle, in Node over WebSocket'

export const memberMemory: readonly Work[] = [
  {
    name: 'member-memory',
    title: TITLE,
    text: `A Node member and bots in other processes, which it invites: with ${MANY} of them it holds so much more than with ${FEW}, divided by the difference. Heap and buffers after garbage collections, the least of ${MEASUREMENTS} looks; not what the system keeps for each socket.`,
    contenders: [plain('ours', 'Netflux 5')],
    figures: [
      {
        id: 'held',
        title: TITLE,
        unit: 'kB',
        better: 'less',
        targets: [{ of: 'ours', against: [], bound: 60 }],
      },
    ],
    isMain: false,
    deadline: 120_000,
    mostRuns: 3,
    measure: (_, scene) => measure(scene),
  },
]
