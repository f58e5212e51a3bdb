// Run by exit.test.ts: opens many peer connections and closes them at different moments, then has nothing to do.
import { NodePort } from '../../src/io/node.js'
import { Recorder } from './recorder.js'
import { connectPeers } from './stage.js'

const options = { rtcConfiguration: { iceServers: [] } }
const left = new Recorder(new NodePort(options), 'left')
const right = new Recorder(new NodePort(options), 'right')

/** Gives up after so many milliseconds, in the middle of whatever is under way then. */
async function giveUpAfter(delay: number): Promise<void> {
  const [mine, yours] = [left.fresh(), right.fresh()]
  left.perform({ do: 'offer', channel: mine })
  const stop = left.each((input) => {
    if (input.on === 'described' && input.channel === mine) {
      right.perform({ do: 'answer', channel: yours, sdp: input.sdp })
    } else if (input.on === 'candidates' && input.channel === mine) {
      right.perform({ do: 'candidates', channel: yours, candidates: input.candidates })
    }
  })
  const back = right.each((input) => {
    if (input.on === 'described' && input.channel === yours)
      left.perform({ do: 'settle', channel: mine, sdp: input.sdp })
  })
  await new Promise((resolve) => setTimeout(resolve, delay))
  left.close(mine)
  if (delay % 2) right.close(yours)
  stop()
  back()
}

for (let round = 0; round < 3; round++)
  await Promise.all(Array.from({ length: 16 }, (_, i) => giveUpAfter(i)))
const pair = await connectPeers(left, right)
left.send(pair.left, new Uint8Array(60_000))
await right.wait('received', pair.right)
left.closeAll()
right.closeAll()
console.log('closed')
