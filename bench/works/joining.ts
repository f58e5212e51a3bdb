// Joining a group: as 2nd, 4th and 8th, one page after another, and eight pages at once.
import { libraries, type Name, names, peers } from '../libraries.js'
import { all } from '../stage/remote.js'
import { type Contender, type Figure, plain, type Sample, type Scene, type Work } from './work.js'

const PLACES = [2, 4, 8]

async function inTurn(library: Name, { stage }: Scene): Promise<Sample> {
  const remotes = await stage.pages(library, 8)
  const figures: Record<string, number> = {}
  for (let place = 1; place <= remotes.length; place++) {
    const present = remotes.slice(0, place)
    const seen = all(present, 'sees')
    const linked = all(present, 'linkedWith')
    const began = (await present[place - 1]?.call('join')) ?? NaN
    const [seenAt, linkedAt] = await Promise.all([seen, linked])
    if (!PLACES.includes(place)) continue
    figures[`seen-${place}`] = seenAt - began
    // A relay links nobody with anybody.
    if (library !== 'rawWebSocket') figures[`linked-${place}`] = linkedAt - began
  }
  return { figures }
}

async function atOnce(library: Name, { stage }: Scene): Promise<Sample> {
  const remotes = await stage.pages(library, 8)
  const linked = all(remotes, 'linkedWith')
  const began = Math.min(...(await Promise.all(remotes.map((remote) => remote.call('join')))))
  return { figures: { 'linked-at-once': (await linked) - began } }
}

const ordinal: Record<number, string> = { 2: '2nd', 4: '4th', 8: '8th' }

const figure = (id: string, title: string, targets: Figure['targets']): Figure => ({
  id,
  title,
  unit: 'ms',
  better: 'less',
  reference: 'raw',
  targets,
})

const isMeasured: readonly Contender[] = names.map((name) => plain(name, libraries[name].title))

export const joining: readonly Work[] = [
  {
    name: 'join',
    title: 'Joining as 2nd, 4th and 8th',
    text: 'From the call of join in a page that has loaded, until it and everyone else there see, or are linked with, each other. The best peer is the best of Netflux 4, peerjs, y-webrtc and trystero.',
    contenders: isMeasured,
    figures: [
      ...PLACES.map((place) =>
        figure(`seen-${place}`, `Joining as ${ordinal[place]}: sees all, is seen by all`, [
          { of: 'ours', against: peers, bound: 1 },
        ]),
      ),
      ...PLACES.map((place) =>
        figure(`linked-${place}`, `Joining as ${ordinal[place]}: linked with all`, [
          { of: 'ours', against: ['raw'], bound: 1.2 },
          { of: 'ours', against: peers, bound: 1 },
        ]),
      ),
    ],
    isMain: true,
    deadline: 40_000,
    measure: ({ library }, scene) => inTurn(library, scene),
  },
  {
    name: 'join-at-once',
    title: 'Eight pages join at once',
    text: 'From the first call of join until all are linked with all.',
    contenders: isMeasured.filter(({ library }) => library !== 'rawWebSocket'),
    figures: [
      figure('linked-at-once', 'Eight pages at once: all linked with all', [
        { of: 'ours', against: ['raw'], bound: 1 },
      ]),
    ],
    isMain: false,
    deadline: 45_000,
    measure: ({ library }, scene) => atOnce(library, scene),
  },
]
