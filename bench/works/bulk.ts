// 64 MB in messages of 64 kB: sent in one loop, and at the pace that each library lets its users keep.
import type { How } from '../agent/sending.js'
import { libraries, type Name } from '../libraries.js'
import type { Contender, Figure, Sample, Scene, Work } from './work.js'

const SIZE = 64_000
/** Nothing has come for so long: nothing will. */
const PATIENCE = 5_000

const contender = (library: Name, how: 'loop' | 'paced', what: string): Contender => ({
  id: `${library} ${how}`,
  library,
  title: `${libraries[library].title}, ${what}`,
})

const contenders: readonly Contender[] = [
  contender('ours', 'loop', 'in one loop'),
  contender('ours', 'paced', 'await send'),
  contender('raw', 'paced', 'its queue kept at 256 KiB'),
  contender('trystero', 'paced', 'await send'),
  contender('rawWebSocket', 'paced', 'its queue kept at 1 MiB'),
  contender('raw', 'loop', 'in one loop'),
  contender('netflux4', 'loop', 'in one loop'),
  contender('peerjs', 'loop', 'in one loop'),
  contender('ywebrtc', 'loop', 'in one loop'),
  contender('trystero', 'loop', 'in one loop'),
]

async function measure({ id, library }: Contender, scene: Scene, receivers: number): Promise<Sample> {
  const how: How = id.endsWith('paced') ? 'paced' : 'loop'
  const count = scene.isQuick ? 125 : 1000
  const [sender, ...others] = await scene.stage.group(library, receivers + 1)
  const receiving = others.map((other) => other.call('received', count, PATIENCE))
  const sent = await sender?.call('send', how, count, SIZE)
  const received = await Promise.all(receiving)
  const rates = received.map((each) => each.bytes / 1000 / (each.last - (sent?.began ?? NaN)))
  const wrong = received.reduce((sum, each) => sum + each.wrong, 0)
  return {
    figures: { rate: Math.min(...rates) },
    lost: received.reduce((sum, each) => sum + count - each.count, 0),
    note: [sent?.reason, wrong > 0 ? `${wrong} damaged` : ''].filter(Boolean).join('; '),
  }
}

const target = (of: string, against: string) => ({ of, against: [against], bound: 1 })

const figure = (title: string): Figure => ({
  id: 'rate',
  title,
  unit: 'MB/s at each receiver',
  better: 'more',
  reference: 'raw paced',
  targets: ['ours loop', 'ours paced'].flatMap((of) => [
    target(of, 'raw paced'),
    target(of, 'trystero paced'),
  ]),
})

const work = (name: string, title: string, receivers: number): Work => ({
  name,
  title,
  text: `64 MB in messages of 64 kB${receivers > 1 ? ' to each of three receivers' : ''}, over channels that have just opened. MB are 10^6 bytes, of what arrived.`,
  contenders,
  figures: [figure(title)],
  isMain: receivers === 1,
  deadline: 50_000,
  measure: (who, scene) => measure(who, scene, receivers),
})

export const bulk: readonly Work[] = [
  work('bulk-1', '64 MB in 64 kB messages, 1 receiver', 1),
  work('bulk-3', '64 MB in 64 kB messages, 3 receivers', 3),
]
