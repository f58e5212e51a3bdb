// A WebSocket relay for adapters/rawWebSocket.ts: tells everyone how many there are, and passes on to the others.
import type { WebSocket } from 'ws'
import { serveSockets, type Service } from './service.js'

/** A sender is read no further while a receiver has more than this unsent: else the relay would hold everything. */
const HIGH = 4 * 1024 * 1024

export function serveRelay(): Promise<Service> {
  const rooms = new Map<string, Set<WebSocket>>()
  return serveSockets((socket, name) => {
    const room = rooms.get(name) ?? new Set<WebSocket>()
    rooms.set(name, room)
    const tell = () => room.forEach((other) => other.send(String(room.size)))
    room.add(socket)
    tell()
    socket.on('close', () => {
      room.delete(socket)
      tell()
    })
    socket.on('message', (data, isBinary) => {
      for (const other of room) {
        if (other === socket) continue
        other.send(data, { binary: isBinary }, () => socket.resume())
        if (other.bufferedAmount > HIGH) socket.pause()
      }
    })
  })
}
