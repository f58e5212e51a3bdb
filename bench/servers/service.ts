// A server that a library needs, on a free port of this machine.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface Service {
  readonly url: string
  close(): Promise<void>
}

/** Above the largest message of any work. */
const maxPayload = 512 * 1024 * 1024

/** WebSockets, with the path that they were opened with as the room. */
export async function serveSockets(accept: (socket: WebSocket, room: string) => void): Promise<Service> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, maxPayload })
  sockets.on('connection', (socket, request) => {
    // A socket without this listener would end the process.
    socket.on('error', () => socket.terminate())
    accept(socket, request.url ?? '')
  })
  return { url: `ws://127.0.0.1:${await listen(server)}`, close: () => stop(server, sockets) }
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate()
  sockets.close()
  server.closeAllConnections()
  server.close()
}
