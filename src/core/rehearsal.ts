// The first run of code takes many times as long as the second one: browsers compile a function when it is first called.
// So two members link up once before, while nobody waits, over nothing but calls. Called by index.browser.ts.
import type { Output } from './contract.js'
import type { PeerName } from './link.js'
import { Mesh } from './mesh.js'
import { deriveSecrets } from './secrets.js'

const channel = 1
/** As long as a description of one data channel. */
const sdp = 'candidate '.repeat(50)

function memberOf(name: PeerName) {
  const outputs: Output[] = []
  const mesh = new Mesh(
    { now: 0, random: (bytes) => new Uint8Array(bytes), out: (output) => void outputs.push(output) },
    {
      me: { ...name, secrets: deriveSecrets('rehearsal') },
      capabilities: { rtc: true, webSocket: true },
      url: '',
      maxMessageSize: 0,
      life: 0,
      newChannel: () => channel,
    },
  )
  return { name, mesh, outputs }
}
type Member = ReturnType<typeof memberOf>

/** What it has asked for is done, what it reports is told to the other one. */
function play({ name, mesh, outputs }: Member, other: Member): void {
  for (const output of outputs.splice(0)) {
    if (output.do === 'offer' || output.do === 'answer') mesh.handle({ on: 'described', channel, sdp })
    if (output.do === 'settle') for (const end of [mesh, other.mesh]) end.handle({ on: 'opened', channel })
    if (output.do === 'send') other.mesh.handle({ on: 'received', channel, bytes: output.bytes })
  }
  for (const fact of mesh.take()) if (fact.fact === 'relay') other.mesh.relayed(name.id, fact.payload)
}

/** Three times: after the first calls browsers compile once more, and better. True if the two are in touch in the end. */
export function rehearse(): boolean {
  return [1, 2, 3].every(() => {
    const newcomer = memberOf({ id: 1, incarnation: '0000000000000001' })
    const other = memberOf({ id: 2, incarnation: '0000000000000002' })
    newcomer.mesh.introduce(other.name)
    // An offer and its answer, a hello of each, and what follows.
    for (let turn = 0; turn < 4; turn++) {
      play(newcomer, other)
      play(other, newcomer)
    }
    return other.mesh.view.members.length === 1
  })
}
