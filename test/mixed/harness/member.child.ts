// Run by memberProcess.ts.
import { WebGroup } from '../../../src/index.node.js'

const [signalingServer, key, size, how] = process.argv.slice(2)
const group = new WebGroup({ signalingServer, rtcConfiguration: { iceServers: [] } })
await group.join(key)

const isReady = (): boolean =>
  group.neighbors.length === Number(size) - 1 && group.neighbors.length === group.members.length - 1
// Nothing tells when a relayed member is linked.
while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 20))

group.send('a word')
console.log(group.members.length)
if (how === 'leave') group.leave()
