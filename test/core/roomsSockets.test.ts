// Peers with two sockets at Sigver, and what a room may still be told by the older one.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { Stage } from './roomsStage.js'

it('what a peer claims on its newest socket is not undone by what an older one says late', () => {
  const stage = new Stage()
  stage.arrive(1)
  stage.arrive(2)
  stage.link(1, 2)
  const old = stage.channelOf(1)
  stage.arrive(1, { members: [2] })
  stage.sayBytes(1, encodeToServer({ type: 'claim', claim: { members: [], check: false } }), old)
  for (const id of [1, 2]) stage.heard(id)
  stage.pass(limits.belief + 2 * limits.sweep)
  assert.deepEqual([stage.heard(1), stage.heard(2)], [[], []]) // nobody is introduced: they are connected
})
