// The part of the contract about peer connections: negotiation in odd orders, nonsense from the other side, limits,
// configuration. Runs in Node and in browsers.
import * as limits from '../../src/core/limits.js'
import type { PortOptions } from '../../src/io/channels.js'
import { PeerConnections } from '../../src/io/peerConnections.js'
import { check, same } from './check.js'
import { Recorder } from './recorder.js'
import { connectPeers, onStage, type Declare, type MakePort, type Stage, type Subject } from './stage.js'

/** No STUN: nothing leaves the machine. */
const LOCAL: PortOptions = { rtcConfiguration: { iceServers: [] } }

/** Two ports whose channels are data channels between them. */
export const peerSubject = (name: string, makePort: MakePort, options: PortOptions = LOCAL): Subject => ({
  name,
  hasCloseCodes: false,
  begin: () => peerStage(makePort, options),
})

function peerStage(makePort: MakePort, options: PortOptions): Stage {
  const left = new Recorder(makePort(options), 'left')
  const right = new Recorder(makePort(options), 'right')
  return {
    left,
    right,
    connect: () => connectPeers(left, right),
    end: () => [left, right].forEach((side) => side.closeAll()),
  }
}

const bytesOf = (...numbers: number[]) => Uint8Array.from(numbers)

export function peersContract(name: string, makePort: MakePort, test: Declare): void {
  const promise = (what: string, body: (stage: Stage) => Promise<void>, options = LOCAL) =>
    test(`${name}: ${what}`, () => onStage(peerSubject(name, makePort, options), body))

  promise('candidates that come before the answer wait for it', async ({ left, right }) => {
    const pair = await connectPeers(left, right, { candidatesFirst: true })
    left.send(pair.left, bytesOf(1))
    await right.wait('received', pair.right)
  })

  promise('candidates come together, as JSON, after the description', async ({ left, right }) => {
    const { left: channel } = await connectPeers(left, right)
    const mine = left.inputs.filter((input) => 'channel' in input && input.channel === channel)
    same(mine[0]?.on, 'described', 'the first input')
    const texts = left.of('candidates', channel).flatMap(({ candidates }) => candidates)
    check(texts.length > 0 && texts.length <= limits.candidates, `${texts.length} candidates`)
    for (const text of texts) check(typeof JSON.parse(text).candidate === 'string', text)
  })

  promise('useless candidates do no harm', async ({ left, right }) => {
    const nonsense = [
      '',
      'nonsense',
      'null',
      '[]',
      '{}',
      '{"candidate":5}',
      '{"candidate":"candidate:x"}',
      '"\\ud800"',
    ]
    const stop = right.each((input) => {
      if (input.on !== 'described') return
      right.perform({ do: 'candidates', channel: input.channel, candidates: nonsense })
    })
    await connectPeers(left, right)
    stop()
  })

  promise('an offer or an answer that makes no sense closes the channel', async ({ left }) => {
    const offer = await describedBy(left)
    const offers = [
      '',
      'v=0',
      'nonsense',
      offer.replace('m=application', 'm=audio'),
      offer + offer,
      offer.slice(0, 200),
    ]
    offers.push(offer.replace(/a=fingerprint.*\r\n/, ''), offer.replace(/a=setup.*/, 'a=setup:nobody'))
    for (const sdp of offers) {
      const channel = left.fresh()
      left.perform({ do: 'answer', channel, sdp })
      check((await left.wait('closed', channel)).reason !== '', 'there is a reason')
    }
    for (const sdp of ['', 'nonsense', offer.replace('m=application', 'm=video')]) {
      const channel = left.fresh()
      left.perform({ do: 'offer', channel })
      await left.wait('described', channel)
      left.perform({ do: 'settle', channel, sdp })
      check((await left.wait('closed', channel)).reason !== '', 'there is a reason')
    }
  })

  promise('a second answer is ignored', async ({ left, right }) => {
    const pair = await connectPeers(left, right)
    left.perform({ do: 'settle', channel: pair.left, sdp: (await right.wait('described', pair.right)).sdp })
    left.perform({ do: 'settle', channel: pair.left, sdp: 'nonsense' })
    left.send(pair.left, bytesOf(1))
    await right.wait('received', pair.right)
  })

  promise('a channel may be given up at any moment of its negotiation', async ({ left, right }) => {
    const channels = [left.fresh(), left.fresh(), left.fresh(), left.fresh()] as const
    for (const channel of channels.slice(0, 3)) left.perform({ do: 'offer', channel })
    left.close(channels[0])
    const { sdp } = await left.wait('described', channels[1])
    left.close(channels[1])
    left.perform({ do: 'answer', channel: channels[3], sdp })
    left.close(channels[3])
    await left.wait('candidates', channels[2])
    left.close(channels[2])
    await connectPeers(left, right)
    same(left.of('closed').length, 0, 'closed')
  })

  const few = new PeerConnections(2)
  promise(
    'above the limit of peer connections a channel closes with TOO_MANY_CONNECTIONS, until another is closed',
    async ({ left, right }) => {
      const pair = await connectPeers(left, right)
      const channel = left.fresh()
      left.perform({ do: 'offer', channel })
      const { reason } = await left.wait('closed', channel)
      check(reason.includes('TOO_MANY_CONNECTIONS'), reason)
      left.close(pair.left)
      await right.wait('closed', pair.right)
      await until(() => few.count === 0)
      await connectPeers(left, right)
    },
    { ...LOCAL, peerConnections: few },
  )

  let asked = 0
  promise(
    'the configuration may be a function, which is asked before each connection',
    async ({ left, right }) => {
      await connectPeers(left, right)
      same(asked, 2, 'asked')
    },
    { rtcConfiguration: async () => ({ iceServers: (asked++, []) }) },
  )

  const broken = () => {
    throw new Error('no credentials today')
  }
  promise(
    'a configuration that cannot be had closes the channel with its reason',
    async ({ left }) => {
      const channel = left.fresh()
      left.perform({ do: 'offer', channel })
      same((await left.wait('closed', channel)).reason, 'no credentials today', 'reason')
    },
    { rtcConfiguration: broken },
  )
}

async function describedBy(side: Recorder): Promise<string> {
  const channel = side.fresh()
  side.perform({ do: 'offer', channel })
  return (await side.wait('described', channel)).sdp
}

/** For what tells nobody when it happens. */
async function until(isTrue: () => boolean): Promise<void> {
  const end = performance.now() + 5_000
  while (!isTrue()) {
    if (performance.now() > end) throw new Error('it did not happen')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
