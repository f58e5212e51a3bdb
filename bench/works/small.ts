// Many small messages: in one loop, to one and to three receivers, and one per task.
import type { How } from '../agent/sending.js'
import { libraries, names } from '../libraries.js'
import type { Remote } from '../stage/remote.js'
import { type Contender, plain, type Sample, type Scene, type Work } from './work.js'

const SIZE = 100
/** Nothing has come for so long: nothing will. */
const PATIENCE = 6_000

interface Burst {
  readonly rate: number
  readonly lost: number
  readonly note: string
}

async function burst(members: readonly Remote[], how: How, count: number): Promise<Burst> {
  const [sender, ...others] = members
  const receiving = others.map((other) => other.call('received', count, PATIENCE))
  const sent = await sender?.call('send', how, count, SIZE)
  const received = await Promise.all(receiving)
  const rates = received.map((each) => (1000 * each.count) / (each.last - (sent?.began ?? NaN)))
  const wrong = received.reduce((sum, each) => sum + each.wrong, 0)
  return {
    rate: Math.min(...rates),
    lost: received.reduce((sum, each) => sum + count - each.count, 0),
    note: [sent?.reason, wrong > 0 ? `${wrong} damaged, twice or out of order` : '']
      .filter(Boolean)
      .join('; '),
  }
}

async function measure(contender: Contender, scene: Scene, how: How, receivers: number): Promise<Sample> {
  const count = scene.isQuick ? 5_000 : 20_000
  const members = await scene.stage.group(contender.library, receivers + 1)
  const waits = contender.id.endsWith('paced') ? 'paced' : how
  const { rate, lost, note } = await burst(members, waits, count)
  // What is still on its way would be counted as of the next.
  if (lost > 0) return { figures: { rate }, lost, note }
  const again = await burst(members, waits, count)
  return { figures: { rate, again: again.rate }, lost: again.lost, note: again.note || note }
}

/** trystero's users may wait for each message, and should: it loses most of what is not waited for. */
const trystero = { id: 'trystero paced', library: 'trystero', title: 'trystero 0.25, await send' } as const
const contenders = [...names.map((each) => plain(each, libraries[each].title)), trystero]

function work(name: string, title: string, text: string, how: How, receivers: number, bound: number): Work {
  const figure = { unit: 'messages/s at each receiver', better: 'more', reference: 'raw' } as const
  const targets = [{ of: 'ours', against: ['raw'], bound }]
  return {
    name,
    title,
    text: `${text} From the first call of send to the last arrival at the slowest receiver, in pages that have just joined; and once more in the same pages, when their code is warm.`,
    contenders: how === 'tasks' ? contenders.filter((each) => each !== trystero) : contenders,
    figures: [
      { ...figure, id: 'rate', title, targets },
      { ...figure, id: 'again', title: `${title}, once more`, targets },
    ],
    isMain: name !== 'tasks-3',
    deadline: 40_000,
    measure: (contender, scene) => measure(contender, scene, how, receivers),
  }
}

const LOOP = '20,000 messages of 100 bytes are broadcast in one loop, without waiting.'
const TASKS =
  '20,000 messages of 100 bytes, each sent in a task of its own (a MessageChannel message to oneself), so that there is no loop to pack.'

export const small: readonly Work[] = [
  work('loop-1', 'Small messages in one loop, 1 receiver', LOOP, 'loop', 1, 6),
  work('loop-3', 'Small messages in one loop, 3 receivers', LOOP, 'loop', 3, 8),
  work('tasks-1', 'Small messages, one per task, 1 receiver', TASKS, 'tasks', 1, 0.9),
  work('tasks-3', 'Small messages, one per task, 3 receivers', TASKS, 'tasks', 3, 0.9),
]
