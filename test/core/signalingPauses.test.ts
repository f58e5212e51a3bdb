// How long a member waits before it tries Sigver again: a Sigver that comes back shall not meet all of them at once.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Stage } from './groupStage.js'

/** From the loss of the connection until the next try. */
function pause(stage: Stage): number {
  stage.closed()
  const at = stage.timers.get('reconnect') ?? assert.fail('it is not tried again')
  return at - stage.now
}

it('the members whom one Sigver lost try again at different times', () => {
  const pauses = [1, 40, 80, 120, 160, 200].map((seed) => pause(new Stage(true, seed).joinAlone()))
  assert.equal(new Set(pauses).size, pauses.length)
  for (const one of pauses) assert.ok(one >= limits.reconnect && one <= 1.5 * limits.reconnect)
})

it('the pauses of one outage are no reason to wait long after the next', () => {
  const stage = new Stage().joinAlone()
  for (let i = 0; i < 8; i++) {
    pause(stage)
    stage.ring('reconnect')
  }
  assert.ok(pause(stage) >= limits.reconnectMost)
  stage.ring('reconnect').opened().fromSigver({ type: 'connected' })
  assert.ok(pause(stage) <= 1.5 * limits.reconnect)
})
