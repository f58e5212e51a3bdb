// Strangers may say and do anything: each of them is handed over or closed once, and nothing is left of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Input } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { Lobby } from '../../src/core/lobby.js'
import { encodeFrame } from '../../src/core/wire.js'
import { anyFrame, ordinary } from './anyFrame.js'

const LOBBY_INPUTS: fc.Arbitrary<Input> = fc.oneof(
  fc.record(
    {
      on: fc.constant('accepted' as const),
      channel: fc.integer({ min: -40, max: -1 }),
      path: fc.constant('/'),
      address: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', ''),
    },
    ordinary,
  ),
  fc.record(
    {
      on: fc.constant('received' as const),
      channel: fc.integer({ min: -40, max: -1 }),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        anyFrame.map((frame) => encodeFrame(frame)),
        fc.constant(new Uint8Array(limits.hello + 1)),
      ),
    },
    ordinary,
  ),
  fc
    .integer({ min: -40, max: -1 })
    .map((channel) => ({ on: 'closed' as const, channel, code: 1006, reason: '' })),
  fc
    .integer({ min: -40, max: 40 })
    .map((channel) => ({ on: 'timer' as const, timer: `handshake/${channel}` as const })),
  fc.constant<Input>({ on: 'leave' }),
)

test('whatever strangers do, the lobby never throws, and each of them is handed over or closed at most once', () => {
  fc.assert(
    fc.property(fc.array(LOBBY_INPUTS, { maxLength: 120, size: 'max' }), (inputs) => {
      const lobby = new Lobby((count) => new Uint8Array(count).fill(3))
      const strangers = new Set<number>()
      const timers = new Set<string>()
      for (const input of inputs) {
        if (input.on === 'accepted' && strangers.has(input.channel)) continue
        if (input.on === 'accepted') strangers.add(input.channel)
        if (input.on === 'closed') strangers.delete(input.channel)
        for (const output of lobby.handle(input, 0)) {
          if (output.do === 'timer' && output.at === undefined) timers.delete(output.timer)
          else if (output.do === 'timer') timers.add(output.timer)
          if (output.do !== 'close' && output.do !== 'hand-over') continue
          assert.ok(strangers.delete(output.channel), 'it was there')
          if (output.do === 'hand-over') assert.equal(output.key, undefined, 'nobody here knows a key')
        }
      }
      assert.equal(
        timers.size,
        strangers.size,
        'each stranger has a deadline, and nothing is left of the others',
      )
    }),
  )
})
