// Four Node processes, one of which sends 10 MB a second to the others; one of them is stopped for 10 s and goes on then.
import { libraries, type Name } from '../libraries.js'
import { MemberProcess } from '../stage/processes.js'
import { joinInTurn, type Remote } from '../stage/remote.js'
import { roomOf } from '../stage/stage.js'
import { plain, type Sample, type Scene, type Work } from './work.js'

const RATE = 10e6
const SIZE = 50_000
const PATIENCE = 8_000
/** More than are ever sent: what comes is counted until nothing does. */
const ALL = 1e9

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** MB/s at the slower of two receivers that run all the time. */
async function rateOver(receivers: readonly Remote[], milliseconds: number): Promise<number> {
  const counts = () => Promise.all(receivers.map((receiver) => receiver.call('soFar')))
  const began = performance.now()
  const before = await counts()
  await wait(milliseconds)
  const after = await counts()
  const took = performance.now() - began
  return Math.min(...after.map((count, index) => ((count - (before[index] ?? 0)) * SIZE) / 1000 / took))
}

async function measure(library: Name, { stage, isQuick }: Scene): Promise<Sample> {
  const stopped = isQuick ? 4_000 : 10_000
  const { url } = await stage.serverOf(library)
  const processes = await Promise.all([0, 1, 2, 3].map(() => MemberProcess.start(stage, library)))
  const room = roomOf()
  const [sender, slow, ...others] = processes.map((each) => each.agent(0))
  const [, slowProcess] = processes
  if (!sender || !slow || !slowProcess) throw new Error('no processes')
  for (const member of [sender, slow, ...others]) await member.call('open', url, room)
  await joinInTurn([sender, slow, ...others])

  // A raw channel has to be waited for: it drops what does not fit its queue.
  const sending = sender.call(
    'stream',
    library === 'ours' ? 'loop' : 'paced',
    RATE,
    SIZE,
    2 * stopped + 5_000,
  )
  const receiving = Promise.all(
    [slow, ...others].map((each) => each.call('received', ALL, stopped + PATIENCE)),
  )
  await wait(1_000)
  const before = await rateOver(others, stopped / 2)
  slowProcess.signal('SIGSTOP')
  const during = await rateOver(others, stopped)
  slowProcess.signal('SIGCONT')
  const sent = await sending
  const received = await receiving
  return {
    figures: { kept: during / before, before, during },
    lost: received.reduce((sum, { count }) => sum + sent - count, 0),
  }
}

const TITLE = 'A slow receiver among 4'
const figure = { better: 'more', targets: [] } as const

export const slowReceiver: readonly Work[] = [
  {
    name: 'slow-receiver',
    title: TITLE,
    text: 'Four Node processes with @roamhq/wrtc. One sends 10 MB/s in messages of 50 kB to the others; one of these is stopped (SIGSTOP) for 10 s and goes on then. The rates are those of the slower one of the other two. In the end everything that was sent has to be at all three.',
    contenders: [plain('ours', libraries.ours.title), plain('raw', `${libraries.raw.title}, paced`)],
    figures: [
      {
        ...figure,
        id: 'kept',
        title: `${TITLE}: rate of the others, while it is stopped against before`,
        unit: '× before',
        targets: [{ of: 'ours', against: [], bound: 0.9 }],
      },
      { ...figure, id: 'before', title: `${TITLE}: rate of the others before`, unit: 'MB/s' },
      { ...figure, id: 'during', title: `${TITLE}: rate of the others meanwhile`, unit: 'MB/s' },
    ],
    isMain: false,
    deadline: 120_000,
    mostRuns: 3,
    measure: ({ library }, scene) => measure(library, scene),
  },
]
