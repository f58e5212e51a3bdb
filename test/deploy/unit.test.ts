// deploy/sigver.service as systemd reads it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('systemd understands the unit', () => {
  const { error, stdout, stderr } = spawnSync('systemd-analyze', ['verify', 'deploy/sigver.service'], {
    encoding: 'utf8',
  })
  assert.equal(error, undefined)
  const complaints = (stdout + stderr).split('\n').filter((line) => line.includes('sigver.service'))
  assert.deepEqual(complaints, [])
})
