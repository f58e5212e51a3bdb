// One http server with everything: the page, a Sigver, and the bot that keeps documents. Started by server.ts.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Sigver } from '../../../src/Sigver.js'
import { BOT_PATH, SIGNALING_PATH } from '../paths.js'
import { Keeper } from './keeper.js'
import { servePages } from './pages.js'
import { type Settings, SetupError } from './settings.js'
import { DocumentStore } from './store.js'

const PAGE = fileURLToPath(new URL('../dist', import.meta.url))

/** Milliseconds. The library promises that nothing is left 2 s after leaving. */
const FAREWELL = 3_000

export interface EditorServer {
  /** Where the page is. */
  readonly url: string
  /** Resolves when everyone was told, all documents are on disk and the port is free. */
  close(): Promise<void>
}

/** @throws SetupError */
export async function startEditorServer(settings: Settings): Promise<EditorServer> {
  const server = createServer(servePages(PAGE))
  // The port first: whoever starts the server twice shall not be told of the folder.
  const port = await listen(server, settings)
  const sigver = new Sigver({ server, path: SIGNALING_PATH })
  try {
    const store = await DocumentStore.open(settings.folder)
    const url = settings.publicUrl ?? `http://${nameOf(settings.host)}:${port}`
    const keeper = new Keeper(store, {
      server,
      url: url.replace(/^http/, 'ws') + BOT_PATH,
      signalingServer: sigver.url,
    })
    return { url, close: () => close(server, sigver, keeper, store) }
  } catch (error) {
    await sigver.close()
    await stop(server)
    throw error
  }
}

/** @returns the port */
function listen(server: Server, { port, host }: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'another program uses it. Set PORT to another one.' : error.message
      reject(new SetupError(`Cannot listen on port ${port}: ${reason}`))
    }
    server.once('error', refuse)
    server.listen({ port, host }, () => {
      server.off('error', refuse)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** A bot whose farewell hangs must not keep documents from being written: they are closed after FAREWELL at the latest. */
async function close(server: Server, sigver: Sigver, keeper: Keeper, store: DocumentStore): Promise<void> {
  await Promise.race([keeper.close(), new Promise((resolve) => setTimeout(resolve, FAREWELL))])
  await sigver.close()
  await store.close()
  await stop(server)
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** What a person types. */
function nameOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
