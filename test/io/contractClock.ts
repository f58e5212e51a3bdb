// The part of the contract that is not about channels: timers, the clock, randomness, turns.
import { check, same } from './check.js'
import type { Recorder } from './recorder.js'
import type { Promised } from './stage.js'

export function clock(promise: Promised): void {
  timing(promise)
  sources(promise)
}

function timing(promise: Promised): void {
  promise('timers come once, in order of time and never early', async ({ left }) => {
    const { port } = left
    const start = port.now()
    left.perform({ do: 'timer', timer: 'claim', at: start + 40 })
    left.perform({ do: 'timer', timer: 'heartbeat', at: start + 20 })
    left.perform({ do: 'timer', timer: 'reconnect', at: start - 1_000 })
    const times: number[] = []
    const stop = left.each(() => times.push(port.now() - start))
    await left.wait('timer', undefined, 3)
    stop()
    same(names(left), ['reconnect', 'heartbeat', 'claim'], 'timers')
    check((times[1] ?? 0) >= 20 && (times[2] ?? 0) >= 40, `not early: ${times}`)
  })

  promise('setting a timer again moves it, and without a time it is gone', async ({ left }) => {
    const start = left.port.now()
    left.perform({ do: 'timer', timer: 'claim', at: start + 5 })
    left.perform({ do: 'timer', timer: 'claim', at: start + 40 })
    left.perform({ do: 'timer', timer: 'heartbeat', at: start + 10 })
    left.perform({ do: 'timer', timer: 'heartbeat', at: undefined })
    left.perform({ do: 'timer', timer: 'hints', at: undefined })
    left.perform({ do: 'timer', timer: 'reconnect', at: start + 60 })
    await left.until(() => names(left).includes('reconnect'), 'the last timer')
    same(names(left), ['claim', 'reconnect'], 'timers')
  })

  promise('a timer may be set again from within its own input', async ({ left }) => {
    const stop = left.each((input) => {
      if (input.on === 'timer') left.perform({ do: 'timer', timer: 'sweep', at: left.port.now() })
    })
    left.perform({ do: 'timer', timer: 'sweep', at: left.port.now() })
    await left.wait('timer', undefined, 3)
    stop()
    left.perform({ do: 'timer', timer: 'sweep', at: undefined })
  })
}

const names = (side: Recorder) => side.of('timer').map(({ timer }) => timer)

function sources(promise: Promised): void {
  promise('the end of a turn comes after it, once', async ({ left: { port } }) => {
    const order: string[] = []
    await new Promise<void>((resolve) => {
      port.endOfTurn(() => resolve(void order.push('end')))
      order.push('turn')
    })
    same(order, ['turn', 'end'], 'order')
  })

  promise(
    'the clock never runs backwards, and random bytes are as many as asked for',
    async ({ left: { port } }) => {
      const times = Array.from({ length: 100 }, () => port.now())
      same(
        times,
        [...times].sort((a, b) => a - b),
        'times',
      )
      same(
        [0, 1, 32].map((size) => port.random(size).length),
        [0, 1, 32],
        'lengths',
      )
      check(port.random(16).join() !== port.random(16).join(), 'random')
    },
  )
}
