// A member whose process is stopped (SIGSTOP) for longer than its place is kept.
import { it } from 'node:test'
import { absentAmong } from './harness/absence.js'
import { joinInTurn } from './harness/members.js'
import { scenario } from './harness/scene.js'

it(
  'a member that is stopped for 60 s is seen to leave, and comes back by itself',
  { timeout: 180_000 },
  scenario(async (scene) => {
    scene.expectedErrors = /^(SIGNALING_UNREACHABLE|PEER_UNREACHABLE|PEER_STALLED)/
    const absent = await scene.member('absent')
    const others = await Promise.all(['first', 'second'].map((name) => scene.member(name)))
    await joinInTurn([...others, absent], scene.key)
    await absentAmong(scene, absent, others, {
      milliseconds: 60_000,
      begin: () => absent.program.stop(),
      end: () => absent.program.continue(),
    })
  }),
)
