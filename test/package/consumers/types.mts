// A user of TypeScript with Node's ES modules.
import { createServer } from 'node:http'
import {
  Bot,
  LogLevel,
  NetfluxError,
  SignalingState,
  Topology,
  WebGroup,
  type WebGroupOptions,
  WebGroupState,
  setLogLevel,
} from 'netflux'
import { Sigver } from 'netflux/sigver'
import { NetfluxProvider } from 'netflux/yjs'
import { Doc } from 'yjs'

const options: WebGroupOptions = { signalingServer: 'ws://localhost:8000', topology: Topology.FULL_MESH }
const group = new WebGroup(options)
// @ts-expect-error shows that the types are there: with `any` this would be no mistake.
new WebGroup({ signalingServer: 1 })
const state = group.state === WebGroupState.JOINED
const signaling = group.signalingState === SignalingState.CHECKED
group.onMessage = (id: number, data: string | Uint8Array) => console.log(id, data, state, signaling)
group.message$.subscribe(({ id, data }) =>
  console.log(id satisfies number, data satisfies string | Uint8Array),
)
group.onError = (error) => console.log(error instanceof NetfluxError && error.code)
await group.join('key')
await group.send('hello')

const bot = new Bot({ server: createServer(), signalingServer: 'ws://localhost:8000' })
bot.onWebGroup = (joined) => joined.members.forEach((id) => console.log(id))
setLogLevel(LogLevel.DEBUG)

export const classes = [Sigver, NetfluxProvider, Doc]
