// The program of a server process, bundled and started by servers.ts: one server, which tells what it costs when it is asked.
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { redisBus, Sigver } from '../../src/index.sigver.js'
import { serveRelay } from './relay.js'

export type Setup =
  | { readonly kind: 'sigver'; readonly redis?: string }
  | { readonly kind: 'relay' }
  | { readonly kind: 'sigver20'; readonly program: string; readonly port: number }

/** Bytes, and seconds of CPU time since the start. `collect` asks for it after a collection. */
export interface Cost {
  readonly heap: number
  readonly resident: number
  readonly cpu: number
}

export type Question = 'cost' | 'collect'

async function serve(setup: Setup): Promise<string> {
  switch (setup.kind) {
    case 'sigver': {
      const cluster = setup.redis && {
        bus: await redisBus({ url: setup.redis }),
        secret: 'the secret of these instances',
      }
      const sigver = new Sigver({ host: '127.0.0.1', ...(cluster && { cluster }) })
      await sigver.listen()
      return sigver.url
    }
    case 'relay': {
      const server = serveRelay()
      await new Promise((resolve) => server.on('listening', resolve))
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    }
    case 'sigver20': {
      process.argv.splice(2, Infinity, '-h', '127.0.0.1', '-p', String(setup.port))
      await import(setup.program)
      while (!(await accepts(setup.port))) await wait(10)
      return `ws://127.0.0.1:${setup.port}`
    }
  }
}

/** It does not say when it listens. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}

async function collect(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await wait(20)
  }
}

function cost(): Cost {
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return { heap: heapUsed + external, resident: rss, cpu: (user + system) / 1e6 }
}

process.on('message', (question: Question) => {
  void (question === 'collect' ? collect() : Promise.resolve()).then(() => process.send?.(cost()))
})
// It ends with whoever started it, and orderly: a profile is written then.
process.on('disconnect', () => process.exit())
void serve(JSON.parse(process.argv[2] ?? '') as Setup).then((url) => process.send?.({ url }))
