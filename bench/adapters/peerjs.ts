// peerjs: one connection to each id that its server lists and that begins with the room's name.
import { type DataConnection, Peer as PeerJs } from 'peerjs'
import { bytesOf, type Open, rtcConfiguration } from './peer.js'

export const open: Open = (url, room, { onMessage, onChange }) => {
  const { hostname, port } = new URL(url)
  // Of two that connect to each other at once there are two connections: the last one is used.
  const connections = new Map<string, DataConnection>()
  let peer: PeerJs | undefined

  function use(connection: DataConnection): void {
    connection.on('open', () => {
      connections.set(connection.peer, connection)
      onChange()
    })
    connection.on('data', (data) => onMessage(bytesOf(data)))
    connection.on('close', () => {
      if (connections.get(connection.peer) === connection) connections.delete(connection.peer)
      onChange()
    })
  }

  return {
    join: () => {
      const id = `${room}-${crypto.randomUUID()}`
      const mine = new PeerJs(id, { host: hostname, port: Number(port), path: '/', config: rtcConfiguration })
      peer = mine
      mine.on('connection', use)
      mine.on('open', () =>
        mine.listAllPeers((ids) => {
          for (const other of ids)
            if (other !== id && other.startsWith(room)) use(mine.connect(other, { reliable: true }))
        }),
      )
    },
    sees: () => connections.size,
    linkedWith: () => connections.size,
    broadcast: (data) => connections.forEach((connection) => void connection.send(data)),
    close: () => peer?.destroy(),
  }
}
