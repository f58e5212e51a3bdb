// A process that has closed its channels ends by itself, soon and with code 0: nothing of WebRTC stays behind.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./exit.child.ts', import.meta.url))

test('a Node process ends by itself after its channels were closed at whatever moment', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  let closedAt = 0
  child.stdout.on('data', () => (closedAt = performance.now()))
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('exit', (...result) => resolve(result)),
  )
  clearTimeout(timer)
  assert.deepEqual([code, signal], [0, null])
  const took = performance.now() - closedAt
  assert.ok(took < 2_000, `${Math.round(took)} ms after the last close`)
})
