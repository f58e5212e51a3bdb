// Small messages between two Node processes with @roamhq/wrtc, where each call of a raw channel's send costs 100 us or more.
import { libraries } from '../libraries.js'
import { MemberProcess } from '../stage/processes.js'
import { joinInTurn } from '../stage/remote.js'
import { roomOf } from '../stage/stage.js'
import { type Contender, plain, type Sample, type Scene, type Work } from './work.js'

const SIZE = 100
const PATIENCE = 5_000

async function measure({ library }: Contender, { stage, isQuick }: Scene): Promise<Sample> {
  // A raw channel would take a minute for as many.
  const count = (library === 'raw' ? 10_000 : 200_000) / (isQuick ? 4 : 1)
  const { url } = await stage.serverOf(library)
  const processes = await Promise.all([0, 1].map(() => MemberProcess.start(stage, library)))
  const room = roomOf()
  const members = processes.map((each) => each.agent(0))
  for (const member of members) await member.call('open', url, room)
  await joinInTurn(members)
  const [sender, receiver] = members
  const receiving = receiver?.call('received', count, PATIENCE)
  const sent = await sender?.call('send', 'loop', count, SIZE)
  const received = await receiving
  if (!sent || !received) throw new Error('no members')
  return {
    figures: { rate: (1000 * received.count) / (received.last - sent.began) },
    lost: count - received.count,
    note: sent.reason,
  }
}

const TITLE = 'Node with @roamhq/wrtc, 100 bytes in a loop'

export const inNode: readonly Work[] = [
  {
    name: 'node-loop',
    title: TITLE,
    text: '200,000 messages of 100 bytes (10,000 over the raw channel) in one loop, from one process to another.',
    contenders: [plain('ours', libraries.ours.title), plain('raw', `${libraries.raw.title} of @roamhq/wrtc`)],
    figures: [
      {
        id: 'rate',
        title: TITLE,
        unit: 'messages/s',
        better: 'more',
        reference: 'raw',
        targets: [{ of: 'ours', against: [], bound: 200_000 }],
      },
    ],
    isMain: false,
    deadline: 60_000,
    measure,
  },
]
