// What karma starts beside the specs; they find what it returns as `__karma__.config.server`.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { startRelay } from '../io/relay.js'

export interface Servers {
  /** Couples WebSockets, see test/io/relay.ts. */
  readonly relay: string
  /** Nobody answers there. */
  readonly dead: string
}

export async function start(): Promise<Servers> {
  const relay = await startRelay()
  return { relay: relay.url, dead: await deadUrl() }
}

/** A port that was free a moment ago. */
function deadUrl(): Promise<string> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(`ws://127.0.0.1:${port}`))
    })
  })
}
