// The smallest server on `ws` that knows rooms and passes frames on: what Sigver is compared with. Started by server.ts.
// The first frame of a socket is answered, and puts it into the room of its path; the others go to all who are there.
import { createServer, type Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const WELCOME = Uint8Array.of(1)

export function serveRelay(): Server {
  const rooms = new Map<string, Set<WebSocket>>()
  const server = createServer()
  new WebSocketServer({ server, clientTracking: false }).on('connection', (socket, request) => {
    const name = request.url ?? ''
    let room: Set<WebSocket> | undefined
    socket.on('error', () => socket.terminate())
    socket.on('message', (data) => {
      if (room) {
        for (const other of room) if (other !== socket) other.send(data)
        return
      }
      room = rooms.get(name) ?? new Set()
      rooms.set(name, room.add(socket))
      socket.send(WELCOME)
    })
    socket.on('close', () => {
      room?.delete(socket)
      if (room?.size === 0) rooms.delete(name)
    })
  })
  return server.listen(0, '127.0.0.1')
}
