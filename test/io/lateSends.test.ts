// When frames go out over a data channel that crashes its process if it sends while the other side closes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { LateSends } from '../../src/io/lateSends.js'

const bytes = (...of: number[]) => Uint8Array.from(of)
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** On a busy machine any of them may be the one that waits once more. */
async function turnsUntil(isSo: () => boolean): Promise<void> {
  for (let left = 20; left > 0 && !isSo(); left--) await turn()
}

/** `asked` is what happens while another thread is asked for the state. */
function stage(asked: () => void = () => {}) {
  const log: string[] = []
  const channel = {
    state: 'open',
    get readyState(): string {
      asked()
      return this.state
    },
    send(frame: Uint8Array | string): void {
      if (frame.length === 0) throw new Error('nothing to send')
      log.push(`send ${frame}`)
    },
  }
  const failed = (error: unknown) => void log.push(String(error))
  return { log, channel, sends: new LateSends(channel as never, failed) }
}

/** The thread that is asked does not get its turn. */
function takeLong(): void {
  const end = performance.now() + limits.fresh + 1
  while (performance.now() < end);
}

test('frames go in their order when what has arrived was heard, and are queued until then', async () => {
  const { log, sends } = stage()
  sends.add(bytes(1, 2))
  sends.add('farewell')
  assert.deepEqual([log, sends.queued], [[], 10])
  await turnsUntil(() => sends.queued === 0)
  assert.deepEqual([log, sends.queued], [['send 1,2', 'send farewell'], 0])
})

test('nothing is sent when the channel has closed meanwhile', async () => {
  const { log, channel, sends } = stage()
  sends.add(bytes(1))
  channel.state = 'closing'
  await turnsUntil(() => sends.queued === 0)
  assert.deepEqual([log, sends.queued], [[], 0])
})

test('when the answer takes long, a farewell that came meanwhile is heard before anything is sent', async () => {
  const { log, sends } = stage(takeLong)
  sends.add(bytes(1))
  await turn()
  assert.deepEqual([log, sends.queued], [[], 1])
  sends.clear()
  await turn()
  assert.deepEqual([log, sends.queued], [[], 0])
})

test('the others wait likewise when a send takes long', async () => {
  const { log, channel, sends } = stage()
  const { send } = channel
  channel.send = (frame) => {
    send(frame)
    takeLong()
  }
  sends.add(bytes(1))
  sends.add(bytes(2))
  await turnsUntil(() => log.length > 0)
  assert.deepEqual(log, ['send 1'])
  await turnsUntil(() => log.length > 1)
  assert.deepEqual(log, ['send 1', 'send 2'])
})

test('on a machine where all takes long frames wait a few times, and go', async () => {
  const { log, sends } = stage(takeLong)
  sends.add(bytes(1))
  sends.add(bytes(2))
  await turn()
  await turn()
  assert.deepEqual(log, [])
  await turnsUntil(() => sends.queued === 0)
  assert.deepEqual(log, ['send 1', 'send 2'])
})

test('what send() throws is told, and the rest is let go of', async () => {
  const { log, sends } = stage()
  sends.add(bytes())
  sends.add(bytes(1))
  await turnsUntil(() => sends.queued === 0)
  assert.deepEqual([log, sends.queued], [['Error: nothing to send'], 0])
})
