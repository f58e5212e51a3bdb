// A web site with one page for each library, which loads it with the agent. Cross-origin isolated: else a page's clock is coarse.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Name } from '../libraries.js'
import { listen } from '../servers/service.js'

export interface Site {
  pageOf(name: Name): string
  close(): void
}

const bench = fileURLToPath(new URL('..', import.meta.url))

export async function openSite(): Promise<Site> {
  const bundles = new Map<string, Promise<string>>()
  const server = createServer(({ url = '' }, response) => {
    const [, name = '', type] = /^\/(\w+)\.(html|js)$/.exec(url) ?? []
    if (!type) return void response.writeHead(204).end()
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    response.setHeader('content-type', type === 'js' ? 'text/javascript' : 'text/html')
    if (type === 'html') return void response.end(pageOf(name))
    const bundled = bundles.get(name) ?? bundle(name)
    bundles.set(name, bundled)
    void bundled.then(
      (code) => response.end(code),
      () => response.writeHead(500).end(),
    )
  })
  const port = await listen(server)
  return {
    pageOf: (name) => `http://127.0.0.1:${port}/${name}.html`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const pageOf = (name: string): string =>
  `<!doctype html><title>${name}</title><script src="/${name}.js"></script>`

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { open } from './adapters/${name}.ts'\nimport { start } from './agent/page.ts'\nstart(open)`,
      resolveDir: bench,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    define: { global: 'globalThis' },
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
