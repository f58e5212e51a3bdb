// How long it takes until the others know that someone is gone: a tab that is closed, and a renderer that is killed.
import { now } from '../agent/tally.js'
import { libraries, type Name, names } from '../libraries.js'
import type { PageRemote } from '../stage/pages.js'
import { type Contender, plain, type Sample, type Scene, type Work } from './work.js'

const WITNESSES = 2

/** When the last of the others saw one less. */
async function missed(witnesses: readonly PageRemote[]): Promise<number> {
  const wish = { seesAtMost: WITNESSES - 1 }
  return Math.max(...(await Promise.all(witnesses.map((witness) => witness.call('until', wish)))))
}

async function closed(library: Name, { stage }: Scene): Promise<Sample> {
  const [leaver, ...witnesses] = await stage.group(library, WITNESSES + 1)
  const at = now()
  const seen = missed(witnesses)
  await leaver?.end()
  return { figures: { seen: (await seen) - at } }
}

/** With a server of its own, as it may be stopped first. */
async function killed({ library, id }: Contender, { stage }: Scene): Promise<Sample> {
  const server = await libraries[library].serve()
  let isServing = true
  const stop = async () => {
    if (isServing) await server.close()
    isServing = false
  }
  stage.endLater(stop)
  const [victim, ...witnesses] = await stage.group(library, WITNESSES + 1, server.url)
  if (id.endsWith('alone')) await stop()
  const at = now()
  const seen = missed(witnesses)
  await victim?.crash()
  return { figures: { seen: (await seen) - at } }
}

const contenders = names.map((name) => plain(name, libraries[name].title))
const alone = { id: 'ours alone', library: 'ours', title: 'Netflux 5 while Sigver is away' } as const

const figure = { id: 'seen', unit: 'ms', better: 'less', reference: 'ours' } as const

export const leaving: readonly Work[] = [
  {
    name: 'closed-tab',
    title: 'A closed tab is seen to leave',
    text: 'From the moment at which one of three tabs is told to close until both others count one less. Who has not noticed after 25 s never does, or too late.',
    contenders,
    figures: [
      {
        ...figure,
        title: 'A closed tab is seen to leave',
        targets: [{ of: 'ours', against: [], bound: 200 }],
      },
    ],
    isMain: false,
    deadline: 28_000,
    measure: ({ library }, scene) => closed(library, scene),
  },
  {
    name: 'killed-renderer',
    title: 'A killed renderer is seen to leave',
    text: 'From the moment at which the process of one of three pages is told to crash until both others count one less, with the server of the library there, and for Netflux 5 also without.',
    contenders: [...contenders, alone],
    figures: [
      {
        ...figure,
        title: 'A killed renderer is seen to leave',
        targets: [
          { of: 'ours', against: [], bound: 1500 },
          { of: 'ours alone', against: [], bound: 6000 },
        ],
      },
    ],
    isMain: false,
    deadline: 28_000,
    measure: killed,
  },
]
