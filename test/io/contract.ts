// The contract that every io adapter keeps, whatever its channels are made of. Runs under node:test and in browsers,
// for real ports and for the simulated one. Promises about peer connections alone are in contractPeers.ts.
import type { Input } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import { check, pattern, same } from './check.js'
import type { Recorder } from './recorder.js'
import { clock } from './contractClock.js'
import { onStage, type Declare, type Pair, type Promised, type Stage, type Subject } from './stage.js'

const bytesOf = (...numbers: number[]) => Uint8Array.from(numbers)

export function contract(subject: Subject, test: Declare): void {
  /** Each test has a stage of its own, and after it nobody may have broken a promise. */
  const promise = (name: string, body: (stage: Stage) => Promise<void>) =>
    test(`${subject.name}: ${name}`, () => onStage(subject, body))

  opening(promise)
  carrying(promise)
  closing(promise, subject)
  pacing(promise)
  flooding(promise)
  refusing(promise, subject)
  clock(promise)
}

/** Both ends have seen all that was sent before: a frame goes there and one comes back. */
async function roundTrip({ left, right }: Stage, pair: Pair): Promise<void> {
  const there = right.received(pair.right).length + 1
  left.send(pair.left, bytesOf(1))
  await right.wait('received', pair.right, there)
  const back = left.received(pair.left).length + 1
  right.send(pair.right, bytesOf(2))
  await left.wait('received', pair.left, back)
}

/** Time for what must not come: a new channel is opened and used. */
async function meanwhile(stage: Stage): Promise<void> {
  await roundTrip(stage, await stage.connect())
}

function opening(promise: Promised): void {
  promise('a channel opens once at both ends, before anything is received', async (stage) => {
    const { left, right } = stage
    const stops = [left, right].map((side) => greetOnOpen(side))
    const pair = await stage.connect()
    await roundTrip(stage, pair)
    stops.forEach((stop) => stop())
    same([left.of('opened', pair.left).length, right.of('closed').length], [1, 0], 'opened, closed')
  })

  promise('two channels do not mix', async (stage) => {
    const { left, right } = stage
    const [a, b] = [await stage.connect(), await stage.connect()]
    left.send(a.left, bytesOf(1))
    left.send(b.left, bytesOf(2))
    await Promise.all([right.wait('received', a.right), right.wait('received', b.right)])
    same([right.received(a.right), right.received(b.right)], [[bytesOf(1)], [bytesOf(2)]], 'received')
    left.close(a.left)
    await right.wait('closed', a.right)
    await roundTrip(stage, b)
  })
}

/** Sends from within the input that tells of the opening. */
const greetOnOpen = (side: Recorder) =>
  side.each((input: Input) => {
    if (input.on === 'opened') side.send(input.channel, bytesOf(0))
  })

function carrying(promise: Promised): void {
  promise('frames arrive whole and in order', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const frames = Array.from({ length: 200 }, (_, i) => pattern((i * 37) % 900, i))
    for (const frame of frames) left.send(pair.left, frame)
    await right.wait('received', pair.right, frames.length)
    same(right.received(pair.right), frames, 'frames')
  })

  promise('of a view exactly its bytes are sent, and it may change afterwards', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    for (const [there, from, to] of [
      [left, pair.left, right],
      [right, pair.right, left],
    ] as const) {
      const large = pattern(1000)
      const view = large.subarray(100, 200)
      const expected = Uint8Array.from(view)
      there.send(from, view)
      large.fill(0)
      const { bytes } = await to.wait('received', to === right ? pair.right : pair.left)
      same(bytes, expected, 'bytes')
      check(bytes.constructor === Uint8Array, 'a plain Uint8Array')
    }
  })

  promise('an empty frame arrives, and the largest', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const frames = [new Uint8Array(0), pattern(limits.frame), new Uint8Array(0)]
    for (const frame of frames) left.send(pair.left, frame)
    await right.wait('received', pair.right, frames.length)
    same(right.received(pair.right), frames, 'frames')
  })
}

function closing(promise: Promised, subject: Subject): void {
  promise('the other end hears of a close once, and nothing afterwards', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    left.close(pair.left, 4001, 'enough')
    const closed = await right.wait('closed', pair.right)
    if (subject.hasCloseCodes) same([closed.code, closed.reason], [4001, 'enough'], 'code and reason')
    check(closed.reason !== '', 'there is a reason')
    same(right.port.release(pair.right), undefined, 'forgotten')
    right.send(pair.right, bytesOf(1))
    right.close(pair.right)
    await meanwhile(stage)
    same(right.of('closed', pair.right).length, 1, 'closed')
  })

  promise('who closes hears nothing more, whatever is still under way', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    for (let i = 0; i < 20; i++) right.send(pair.right, pattern(5_000, i))
    left.close(pair.left)
    const count = left.inputs.length
    await right.wait('closed', pair.right)
    same(left.inputs.length, count, 'inputs')
    await meanwhile(stage)
    same(left.of('closed').length, 0, 'closed')
  })

  promise('both ends may close at once', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    left.close(pair.left)
    right.close(pair.right)
    await meanwhile(stage)
    same([left.of('closed').length, right.of('closed').length], [0, 0], 'closed')
  })

  promise('what is sent right before a close arrives', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const frames = [pattern(1_000), pattern(2_000), bytesOf(7)]
    for (const frame of frames) left.send(pair.left, frame)
    left.close(pair.left)
    await right.wait('closed', pair.right)
    same(right.received(pair.right), frames, 'frames')
  })

  promise('outputs for a channel that is closed or was never there are ignored', async (stage) => {
    const { left } = stage
    const pair = await stage.connect()
    left.close(pair.left)
    for (const channel of [pair.left, 4_711, -4_711]) {
      left.send(channel, bytesOf(1))
      left.perform({ do: 'settle', channel, sdp: 'v=0' })
      left.perform({ do: 'candidates', channel, candidates: ['{}'] })
      left.perform({ do: 'close', channel })
      same(left.port.release(channel), undefined, 'released')
    }
    await meanwhile(stage)
  })
}

function pacing(promise: Promised): void {
  promise('1 MiB queued in one go drains completely and tells so', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const frames = Array.from({ length: 18 }, (_, i) => pattern(limits.frame, i))
    for (const frame of frames) left.send(pair.left, frame)
    await right.wait('received', pair.right, frames.length)
    same(right.received(pair.right), frames, 'frames')
    const { queued } = await left.wait('drained', pair.left)
    check(queued < limits.channelLow, `${queued} is low`)
    const reports = left.of('drained', pair.left).length
    // Too little to be told of.
    left.send(pair.left, new Uint8Array(1_000))
    await roundTrip(stage, pair)
    same(left.of('drained', pair.left).length, reports, 'reports')
  })

  promise('a sender that waits for room whenever the queue is long never gets stuck', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const count = 400
    let sent = 0
    let queued = 0
    const fill = () => {
      while (sent < count && queued + limits.block <= limits.channelHigh) {
        left.send(pair.left, pattern(limits.block, sent++))
        queued += limits.block
      }
    }
    const stop = left.each((input) => {
      if (input.on !== 'drained') return
      queued = input.queued
      fill()
    })
    fill()
    await right.wait('received', pair.right, count)
    stop()
    const orderly = right.received(pair.right).every((frame, i) => frame[0] === pattern(1, i)[0])
    check(orderly, 'in order')
  })
}

/** More than any implementation queues. */
function flooding(promise: Promised): void {
  promise('what no queue can hold ends the channel instead of being lost in silence', async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const frame = pattern(limits.frame)
    for (let sent = 0; sent < 2 * limits.channelFull; sent += frame.length) left.send(pair.left, frame)
    const { reason } = await left.wait('closed', pair.left)
    check(reason.includes('queue'), reason)
    await right.wait('closed', pair.right)
  })
}

function refusing(promise: Promised, { deadUrl }: Subject): void {
  if (deadUrl === undefined) return
  promise('a dial that fails is a channel that closes, with a reason', async ({ left }) => {
    for (const url of [deadUrl, 'ws://[nonsense', 'ftp://127.0.0.1/']) {
      const channel = left.fresh()
      left.perform({ do: 'dial', channel, url, trust: 'user' })
      const { reason } = await left.wait('closed', channel)
      check(reason !== '', 'there is a reason')
    }
    same(left.of('opened').length, 0, 'opened')
  })

  promise('a URL from a peer that is not a plain WebSocket URL is not dialled', async ({ left }) => {
    const urls = [
      'http://example.org',
      'ws://user:secret@example.org',
      'nonsense',
      `ws://x/${'y'.repeat(limits.url)}`,
    ]
    for (const url of urls) {
      const channel = left.fresh()
      left.perform({ do: 'dial', channel, url, trust: 'peer' })
      await left.wait('closed', channel)
    }
  })

  promise('a dial may be given up at once', async (stage) => {
    const channel = stage.left.fresh()
    stage.left.perform({ do: 'dial', channel, url: deadUrl, trust: 'user' })
    stage.left.close(channel)
    await meanwhile(stage)
    same(stage.left.of('closed').length, 0, 'closed')
  })
}
