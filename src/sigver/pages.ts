// What the command answers to plain http requests: its health, and to everything else what it is. Called by service.ts.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** Answers if the request is for it. */
export type Page = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

/** The first page that takes a request answers it. */
export function serve(pages: readonly Page[]): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    if (!pages.some((page) => page(request, response, path))) response.destroy()
  }
}

/** `/health` is for whoever decides to send members here, `/health/live` for whoever decides to start it anew. */
export const healthPage =
  (isReady: () => boolean): Page =>
  (request, response, path) => {
    if (path !== '/health' && path !== '/health/live') return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, { error: 'GET only' }, { allow: 'GET, HEAD' })
    } else if (path === '/health/live') {
      answer(response, 200, { status: 'live' })
    } else {
      answer(response, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'draining' })
    }
    return true
  }

/** Also for WebSockets that come while nobody takes them any more. */
export const lastPage =
  (isReady: () => boolean): Page =>
  (_request, response) => {
    if (isReady()) {
      response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
      response.end('This is a signaling server: it speaks WebSocket only.\n')
    } else {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '5', connection: 'close' })
      response.end('This server goes away.\n')
    }
    return true
  }

export const nothingPage: Page = (_request, response) => {
  answer(response, 404, { error: 'there is no such page' })
  return true
}

export function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body) + '\n')
}
