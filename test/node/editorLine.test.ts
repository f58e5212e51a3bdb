// The editor's line of state, for every combination of what it is made of: it never says what is not so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe, type Facts } from '../../examples/editor/page/connection.js'
import { WebGroupState } from '../../src/index.node.js'

const { JOINING, JOINED, LEFT } = WebGroupState
const joined: Facts = { state: JOINED, isServerLost: false, isOnline: true, people: 0, bots: 0 }

const lines: readonly (readonly [Partial<Facts>, kind: string, text: string])[] = [
  [{}, 'joined', 'Joined, alone so far'],
  [{ people: 1 }, 'joined', 'Joined, with 1 other'],
  [{ people: 3, bots: 1 }, 'joined', 'Joined, with 3 others and the bot'],
  [{ bots: 2 }, 'joined', 'Joined, with 2 bots'],
  [{ isServerLost: true }, 'offline', 'Offline: not connected to the server, trying again'],
  [{ isOnline: false }, 'offline', 'Offline: no network, trying again'],
  [
    { isServerLost: true, people: 1 },
    'adrift',
    'Joined, with 1 other; not connected to the server, trying again',
  ],
  [{ isOnline: false, bots: 1 }, 'adrift', 'Joined, with the bot; no network, trying again'],
  [{ state: JOINING }, 'joining', 'Joining'],
  [{ state: JOINING, people: 2 }, 'joining', 'Joining'],
  [{ state: JOINING, isServerLost: true }, 'offline', 'Offline: not connected to the server, trying again'],
  [{ state: JOINING, isOnline: false }, 'offline', 'Offline: no network, trying again'],
  [{ state: LEFT }, 'offline', 'Offline: not connected to the server, trying again'],
  [{ state: LEFT, isOnline: false }, 'offline', 'Offline: no network, trying again'],
]

for (const [facts, kind, text] of lines) {
  test(`${JSON.stringify(facts)} is told as "${text}"`, () => {
    assert.deepEqual(describe({ ...joined, ...facts }), { kind, text })
  })
}
