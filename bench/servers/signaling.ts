// The smallest signaling server for adapters/raw.ts: tells who comes who is there, and passes on the rest.
import type { WebSocket } from 'ws'
import { serveSockets, type Service } from './service.js'

export function serveSignaling(): Promise<Service> {
  const rooms = new Map<string, Map<number, WebSocket>>()
  let last = 0
  return serveSockets((socket, name) => {
    const room = rooms.get(name) ?? new Map<number, WebSocket>()
    rooms.set(name, room)
    const id = ++last
    socket.send(JSON.stringify({ others: [...room.keys()] }))
    room.set(id, socket)
    socket.on('close', () => room.delete(id))
    socket.on('message', (text) => {
      const { to, ...signal } = JSON.parse(String(text)) as { to: number }
      room.get(to)?.send(JSON.stringify({ from: id, ...signal }))
    })
  })
}
