// What is told of a candidate, and what the other side makes of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { candidateText, parseCandidate } from '../../src/io/ice.js'

const found = {
  candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 9 typ host',
  sdpMid: 'data',
  sdpMLineIndex: 1,
}

test('a candidate means the same to the other side', () => {
  assert.deepEqual(parseCandidate(candidateText({ ...found, usernameFragment: 'ab12' }) ?? ''), found)
})

test('a candidate without a section belongs to the only one there is', () => {
  const { candidate } = found
  assert.deepEqual(parseCandidate(JSON.stringify({ candidate })), {
    candidate,
    sdpMid: '0',
    sdpMLineIndex: 0,
  })
})
