// How a page, which cannot listen, gets a WebSocket channel between two ports: through a relay that couples them.
import { Recorder } from './recorder.js'
import type { MakePort, Pair, Stage, Subject } from './stage.js'

/** `relay` is the URL of relay.ts; `deadUrl` one where nobody answers. */
export const relayedSubject = (
  name: string,
  makePort: MakePort,
  relay: string,
  deadUrl: string,
): Subject => ({
  name,
  deadUrl,
  hasCloseCodes: true,
  begin: () => relayedStage(makePort, relay),
})

function relayedStage(makePort: MakePort, relay: string): Stage {
  const left = new Recorder(makePort(), 'left')
  const right = new Recorder(makePort(), 'right')
  const connect = async (): Promise<Pair> => {
    const url = `${relay}/${left.port.random(8).join('-')}`
    const pair = { left: left.fresh(), right: right.fresh() }
    left.perform({ do: 'dial', channel: pair.left, url, trust: 'user' })
    right.perform({ do: 'dial', channel: pair.right, url, trust: 'user' })
    await Promise.all([left.wait('opened', pair.left), right.wait('opened', pair.right)])
    return pair
  }
  return { left, right, connect, end: () => [left, right].forEach((side) => side.closeAll()) }
}
