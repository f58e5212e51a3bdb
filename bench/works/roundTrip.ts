// Round trips of 100 bytes: while all is quiet, and while a 64 MB message that may be overtaken flows the same way.
import { libraries, type Name, names } from '../libraries.js'
import { quantile } from '../report/statistics.js'
import type { Remote } from '../stage/remote.js'
import { type Figure, plain, type Sample, type Scene, type Work } from './work.js'

const SIZE = 100
const WARM_UP = 100
/** One without a message of any size sends its 64 MB like this. */
const PIECE = 64_000
/** A ping each so many milliseconds: if each waited for the last one, a slow time would count little. */
const EVERY = 10

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

async function quiet(members: readonly Remote[], count: number): Promise<Record<string, number>> {
  const [pinger, other] = members
  await other?.call('echo')
  await pinger?.call('roundTrips', WARM_UP, SIZE)
  const trips = sorted((await pinger?.call('roundTrips', count, SIZE)) ?? [])
  return { p50: quantile(trips, 0.5), p99: quantile(trips, 0.99) }
}

async function calm(pinger: Remote, milliseconds: number): Promise<Record<string, number>> {
  await pinger.call('startPings', SIZE, EVERY)
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  return { calm50: quantile(sorted(await pinger.call('stopPings')), 0.5) }
}

async function busy(
  pinger: Remote,
  other: Remote,
  library: Name,
  size: number,
): Promise<Record<string, number>> {
  const isWhole = library === 'ours'
  const received = other.call('received', isWhole ? 1 : size / PIECE, 20_000)
  if (isWhole) await pinger.call('make', size)
  const sent = isWhole ? pinger.call('sendMade', 'bulk') : pinger.call('send', 'paced', size / PIECE, PIECE)
  await pinger.call('startPings', SIZE, EVERY)
  await Promise.all([sent, received])
  const trips = sorted(await pinger.call('stopPings'))
  return { busy50: quantile(trips, 0.5), busy99: quantile(trips, 0.99) }
}

async function measure(library: Name, { stage, isQuick }: Scene): Promise<Sample> {
  const members = await stage.group(library, 2)
  const figures = await quiet(members, isQuick ? 200 : 500)
  const [pinger, other] = members
  const carriesBulk = library === 'ours' || library === 'raw'
  if (!carriesBulk || !pinger || !other) return { figures }
  const paced = await calm(pinger, isQuick ? 500 : 2000)
  return { figures: { ...figures, ...paced, ...(await busy(pinger, other, library, isQuick ? 16e6 : 64e6)) } }
}

const figure = (id: string, title: string, targets: Figure['targets']): Figure => ({
  id,
  title,
  unit: 'ms',
  better: 'less',
  reference: 'raw',
  targets,
})

const againstRaw = (bound: number) => [{ of: 'ours', against: ['raw'], bound }]
const TITLE = 'Round trip of 100 bytes'

export const roundTrip: readonly Work[] = [
  {
    name: 'round-trip',
    title: TITLE,
    text: `500 round trips between two pages, one after the other, after ${WARM_UP} that are not counted. Then a ping every ${EVERY} ms, whatever became of the last one: for 2 s while all is quiet, and while 64 MB flow the way of the ping. These are one message with \`ordered: false\` in Netflux 5; the raw channel, which knows no such thing, gets messages of 64 kB with its queue kept at 256 KiB, and the others nothing.`,
    contenders: names.map((name) => plain(name, libraries[name].title)),
    figures: [
      figure('p50', `${TITLE}, p50`, againstRaw(1.1)),
      figure('p99', `${TITLE}, p99`, againstRaw(1.3)),
      figure('calm50', `${TITLE} every ${EVERY} ms, p50`, []),
      figure('busy50', `${TITLE} every ${EVERY} ms while 64 MB flow, p50`, [
        { of: 'ours', against: ['ours'], bound: 3, figure: 'calm50' },
      ]),
      figure('busy99', `${TITLE} every ${EVERY} ms while 64 MB flow, p99`, []),
    ],
    isMain: true,
    deadline: 50_000,
    measure: ({ library }, scene) => measure(library, scene),
  },
]
