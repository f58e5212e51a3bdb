// A server for tests: two WebSockets that ask for the same path are coupled, what one sends or closes with reaches the
// other. So that browsers, which cannot listen, have both ends of a WebSocket channel on one page.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

export interface Relay {
  readonly url: string
  close(): void
}

export async function startRelay(): Promise<Relay> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const waiting = new Map<string, Half>()
  sockets.on('connection', (socket, { url = '' }) => {
    const half = new Half(socket)
    const other = waiting.get(url)
    if (!other) return void waiting.set(url, half)
    waiting.delete(url)
    half.couple(other)
    other.couple(half)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => end(server, sockets),
  }
}

function end(server: Server, sockets: WebSocketServer): void {
  for (const socket of sockets.clients) socket.terminate()
  server.close()
  server.closeAllConnections()
}

/** One of two sockets. What comes before the other is there waits for it. */
class Half {
  private readonly waiting: ((other: WebSocket) => void)[] = []
  private other: WebSocket | undefined

  constructor(private readonly socket: WebSocket) {
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => this.pass((other) => other.send(data, { binary: isBinary })))
    socket.on('close', (code, reason) =>
      this.pass((other) => other.close(code > 1006 || code < 1004 ? code : 1000, reason)),
    )
  }

  couple(other: Half): void {
    this.other = other.socket
    for (const pass of this.waiting.splice(0)) pass(this.other)
  }

  private pass(action: (other: WebSocket) => void): void {
    if (this.other) action(this.other)
    else this.waiting.push(action)
  }
}
