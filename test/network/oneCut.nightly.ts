// One member of four is cut off from everything for 60 s, while the others and Sigver see each other.
import { it } from 'node:test'
import { absentAmong } from './harness/absence.js'
import { joinInTurn } from './harness/members.js'
import { scenario } from './harness/scene.js'

it(
  'one member of four that is cut off for 60 s is seen to leave, and comes back by itself',
  { timeout: 180_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(SIGNALING_UNREACHABLE|PEER_UNREACHABLE|PEER_STALLED)/
    const host = scene.network.host()
    const absent = await scene.member('absent', host)
    const others = await Promise.all(['first', 'second', 'third'].map((name) => scene.member(name)))
    await joinInTurn([...others, absent], scene.key)
    await absentAmong(scene, absent, others, {
      milliseconds: 60_000,
      begin: () => scene.network.cut(host),
      end: () => scene.network.heal(),
    })
  }),
)
