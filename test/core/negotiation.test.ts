// WebSocket or data channel: every pair of capabilities ends as the manual's algorithm says, in the order it says.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  merge,
  nextStep,
  type Role,
  type Side,
  type Sides,
  UNKNOWN,
  withReason,
} from '../../src/core/negotiation.js'

interface Peer {
  readonly listens: boolean
  readonly rtc: boolean
}

type Attempt = `${Role} ${'websocket' | 'rtc'}`

const side = ({ listens, rtc }: Peer): Side => ({
  ...UNKNOWN,
  known: true,
  url: listens ? 'ws://x/' : '',
  rtc,
})

/** Plays both sides; `works` says which attempts succeed. Returns the attempts in order and how it ended. */
function play(initiator: Peer, responder: Peer, works: (attempt: Attempt) => boolean) {
  const attempts: Attempt[] = []
  const views: Record<Role, Sides> = {
    initiator: { initiator: side(initiator), responder: UNKNOWN },
    responder: { initiator: UNKNOWN, responder: side(responder) },
  }
  let role: Role = 'initiator'
  for (let turn = 0; turn < 20; turn++) {
    const step = nextStep(views[role], role)
    if (step === 'fail') return { attempts, end: 'failed' }
    if (step === 'pass') {
      const other: Role = role === 'initiator' ? 'responder' : 'initiator'
      views[other] = merge(views[other], views[role], other)
      role = other
      continue
    }
    const kind = step === 'dial-websocket' ? 'websocket' : 'rtc'
    attempts.push(`${role} ${kind}`)
    if (works(`${role} ${kind}`)) return { attempts, end: 'linked' }
    const mine = views[role][role]
    const tried = kind === 'websocket' ? { ...mine, triedWebSocket: true } : { ...mine, triedRtc: true }
    views[role] = { ...views[role], [role]: tried }
  }
  return { attempts, end: 'endless' }
}

const peers: readonly Peer[] = [
  { listens: false, rtc: false },
  { listens: false, rtc: true },
  { listens: true, rtc: false },
  { listens: true, rtc: true },
]

describe('a negotiation', () => {
  for (const a of peers)
    for (const b of peers) {
      const name = `initiator ${JSON.stringify(a)}, responder ${JSON.stringify(b)}`
      const possible: Attempt[] = [
        ...(b.listens ? (['initiator websocket'] as const) : []),
        ...(a.listens ? (['responder websocket'] as const) : []),
        ...(a.rtc && b.rtc ? (['initiator rtc', 'responder rtc'] as const) : []),
      ]
      it(`tries everything once before it fails: ${name}`, () => {
        const { attempts, end } = play(a, b, () => false)
        assert.equal(end, 'failed')
        assert.deepEqual([...attempts].sort(), [...possible].sort())
      })
      for (const works of possible)
        it(`finds what works, ${works}: ${name}`, () => {
          const { attempts, end } = play(a, b, (attempt) => attempt === works)
          assert.equal(end, 'linked')
          assert.equal(attempts.at(-1), works)
        })
    }

  it('prefers WebSocket', () => {
    const { attempts } = play({ listens: false, rtc: true }, { listens: true, rtc: true }, () => true)
    assert.deepEqual(attempts, ['initiator websocket'])
  })
})

it('a replayed message makes nothing untried again', () => {
  const mine: Sides = {
    initiator: { ...side({ listens: false, rtc: true }), triedRtc: true },
    responder: { ...side({ listens: false, rtc: true }), triedRtc: true },
  }
  const replayed: Sides = {
    initiator: side({ listens: false, rtc: true }),
    responder: side({ listens: false, rtc: true }),
  }
  assert.equal(nextStep(merge(mine, replayed, 'initiator'), 'initiator'), 'fail')
})

it('a replayed message makes no WebSocket untried again', () => {
  const [listening, other] = [side({ listens: true, rtc: false }), side({ listens: false, rtc: false })]
  const mine: Sides = { initiator: listening, responder: { ...other, triedWebSocket: true } }
  const replayed: Sides = { initiator: listening, responder: other }
  assert.equal(nextStep(replayed, 'initiator'), 'pass')
  assert.equal(nextStep(merge(mine, replayed, 'initiator'), 'initiator'), 'fail')
})

it('only the initiator gives up: the responder tells it what it has tried', () => {
  const tried = { ...UNKNOWN, known: true, rtc: true, triedRtc: true }
  const sides = { initiator: tried, responder: tried }
  assert.equal(nextStep(sides, 'initiator'), 'fail')
  assert.equal(nextStep(sides, 'responder'), 'pass')
})

it('reasons are told one after the other, and stay short enough to travel', () => {
  const once = { ...UNKNOWN, reason: withReason(UNKNOWN, 'websocket: no route') }
  assert.equal(withReason(once, 'datachannel: no path'), 'websocket: no route; datachannel: no path')
  assert.equal(withReason(once, 'x'.repeat(500)).length, 200)
})
