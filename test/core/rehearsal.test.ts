import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearse } from '../../src/core/rehearsal.js'

test('what browsers run before a join is a join: two members link up and are in touch', () => {
  assert.equal(rehearse(), true)
})
