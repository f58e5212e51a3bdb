// Serves the built page from memory, and nothing else of the disk. Used by server.ts.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { SetupError } from './settings.js'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
}

const HEADERS = {
  // CodeMirror and the remote cursors style elements themselves; nothing else is loaded from anywhere.
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:",
  'X-Content-Type-Options': 'nosniff',
  // The document's key is in the address.
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

interface Page {
  readonly body: Buffer
  readonly headers: Record<string, string>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** @throws SetupError if the page was not built */
export function servePages(folder: string): Handler {
  const pages = readPages(folder)
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    const page = pages.get(path === '/' ? '/index.html' : path)
    if (!page) return answer(response, 404, 'There is nothing here.\n')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, 'Only GET is possible.\n')
    const isKnown = request.headers['if-none-match'] === page.headers.ETag
    response.writeHead(isKnown ? 304 : 200, { ...HEADERS, ...page.headers })
    response.end(isKnown || request.method === 'HEAD' ? undefined : page.body)
  }
}

function readPages(folder: string): Map<string, Page> {
  const pages = new Map<string, Page>()
  try {
    for (const name of readdirSync(folder)) {
      const body = readFileSync(join(folder, name))
      const ETag = `"${createHash('sha256').update(body).digest('base64url')}"`
      pages.set(`/${name}`, { body, headers: { 'Content-Type': TYPES[extname(name)] ?? 'text/plain', ETag } })
    }
  } catch {
    throw new SetupError(`The page is not built: there is nothing in ${folder}. Run \`npm start\`.`)
  }
  return pages
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain' }).end(text)
}
