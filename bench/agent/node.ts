// A process with agents, for stage/processes.ts, which calls them through messages.
// Arguments: the adapter, and the implementation of RTCPeerConnection.
import { createServer } from 'node:http'
import { WebSocket } from 'ws'
import type { Open } from '../adapters/peer.js'
import { rtcConfiguration } from '../adapters/peer.js'
import { openWith } from '../adapters/group.js'
import { Bot } from '../../src/Bot.js'
import { WebGroup } from '../../src/NodeWebGroup.js'
import { listen } from '../servers/service.js'
import { Agent } from './agent.js'

/** A look at a hundred groups is not free. */
const LOOK_EVERY = 10

export interface Call {
  readonly id: number
  readonly agent: number
  readonly name: string
  readonly args: readonly unknown[]
}

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

export interface Usage {
  /** Of processor time, since the process began. */
  readonly milliseconds: number
  /** Bytes in use after a garbage collection: heap and buffers. */
  readonly held: number
}

const [library = 'ours', rtc = 'wrtc'] = process.argv.slice(2)

async function opener(): Promise<Open> {
  const isOther = rtc === 'node-datachannel'
  const rtcPeerConnection = isOther
    ? (await import('node-datachannel/polyfill')).RTCPeerConnection
    : undefined
  if (library === 'ours')
    return openWith(
      (signalingServer) => new WebGroup({ signalingServer, rtcConfiguration, rtcPeerConnection }),
    )
  const { RTCPeerConnection } = (await import('@roamhq/wrtc')).default
  // Adapters for pages find here what a page has.
  Object.assign(globalThis, { WebSocket, RTCPeerConnection: rtcPeerConnection ?? RTCPeerConnection })
  return ((await import(`../adapters/${library}.js`)) as { open: Open }).open
}

const open = await opener()
const agents = new Map<number, Agent>()

function agent(index: number): Agent {
  const known = agents.get(index) ?? new Agent(open, LOOK_EVERY)
  agents.set(index, known)
  return known
}

/** What is asked of the process as a whole. */
const own: Record<string, (...args: readonly unknown[]) => unknown> = {
  usage: (): Usage => {
    globalThis.gc?.()
    globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const { heapUsed, external } = process.memoryUsage()
    return { milliseconds: (user + system) / 1000, held: heapUsed + external }
  },
  /** Starts a bot, which anybody may invite, and tells where. */
  bot: async (signalingServer): Promise<string> => {
    const server = createServer()
    await listen(server)
    return new Bot({ server, signalingServer: String(signalingServer), rtcConfiguration }).url
  },
}

process.on('message', ({ id, agent: index, name, args }: Call) => {
  const target = index < 0 ? own : (agent(index) as unknown as typeof own)
  const answer = (reply: Omit<Reply, 'id'>) => process.send?.({ id, ...reply })
  Promise.resolve()
    .then(() => target[name]?.(...args))
    .then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: String(error) }),
    )
})
process.on('disconnect', () => process.exit())
process.send?.({ id: 0 })
