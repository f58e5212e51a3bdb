// A web site with one bare page that loads the harness and, with it, the library as browsers get it.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Site {
  /** With the name or address of this machine that the page shall have in its origin. */
  url(host: string): string
  close(): void
}

export async function openSite(): Promise<Site> {
  const script = await bundle()
  const server = createServer((request, response) => {
    const isScript = request.url === '/harness.js'
    if (!isScript && request.url !== '/') return void response.writeHead(204).end()
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>netflux</title><script src="/harness.js"></script>',
    )
  })
  return { ...(await listening(server)), url: (host) => `http://${host}:${portOf(server)}/` }
}

/** On a free port of this machine. */
export async function listening(server: Server): Promise<{ close(): void }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { close }
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('./page.ts', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
