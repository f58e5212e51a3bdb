// Many small messages: in one loop, to one and to three receivers, and one per task.
import type { How } from '../agent/sending.js'
import { libraries, type Name, names } from '../libraries.js'
import { plain, type Sample, type Scene, type Work } from './work.js'

const SIZE = 100
/** Nothing has come for so long: nothing will. */
const PATIENCE = 3_000

async function measure(
  library: Name,
  { stage, isQuick }: Scene,
  how: How,
  receivers: number,
): Promise<Sample> {
  const count = isQuick ? 5_000 : 20_000
  const [sender, ...others] = await stage.group(library, receivers + 1)
  const receiving = others.map((other) => other.call('received', count, PATIENCE))
  const sent = await sender?.call('send', how, count, SIZE)
  const received = await Promise.all(receiving)
  const rates = received.map((each) => (1000 * each.count) / (each.last - (sent?.began ?? NaN)))
  const wrong = received.reduce((sum, each) => sum + each.wrong, 0)
  return {
    figures: { rate: Math.min(...rates) },
    lost: received.reduce((sum, each) => sum + count - each.count, 0),
    note: [sent?.reason, wrong > 0 ? `${wrong} damaged, twice or out of order` : '']
      .filter(Boolean)
      .join('; '),
  }
}

function work(name: string, title: string, text: string, how: How, receivers: number, bound: number): Work {
  return {
    name,
    title,
    text,
    contenders: names.map((each) => plain(each, libraries[each].title)),
    figures: [
      {
        id: 'rate',
        title,
        unit: 'messages/s at each receiver',
        better: 'more',
        reference: 'raw',
        targets: [{ of: 'ours', against: ['raw'], bound }],
      },
    ],
    isMain: true,
    deadline: 40_000,
    measure: ({ library }, scene) => measure(library, scene, how, receivers),
  }
}

const LOOP = '20,000 messages of 100 bytes are broadcast in one loop, without waiting.'
const TASKS =
  'The same, each message sent in a task of its own (a MessageChannel message to oneself), so that there is no loop to pack.'

export const small: readonly Work[] = [
  work('loop-1', 'Small messages in one loop, 1 receiver', LOOP, 'loop', 1, 6),
  work('loop-3', 'Small messages in one loop, 3 receivers', LOOP, 'loop', 3, 8),
  work('tasks-1', 'Small messages, one per task, 1 receiver', TASKS, 'tasks', 1, 0.9),
  work('tasks-3', 'Small messages, one per task, 3 receivers', TASKS, 'tasks', 3, 0.9),
]
