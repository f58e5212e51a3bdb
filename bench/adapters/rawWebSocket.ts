// A raw WebSocket to a relay on `ws`, which passes on to everyone else in the room and tells how many there are.
// It is no peer-to-peer: it shows what a server would do. In Node the global is ws'.
import { bytesOf, type Open } from './peer.js'

/** A socket has no queue event, and a timer of a page is slow: a queue that lasts until the next look. */
const SOCKET_QUEUE = 1024 * 1024

export const open: Open = (url, room, { onMessage, onChange }) => {
  let socket: WebSocket | undefined
  let others = 0
  const send = (data: Uint8Array) => socket?.send(data as Uint8Array<ArrayBuffer>)
  const isFull = () => (socket?.bufferedAmount ?? 0) > SOCKET_QUEUE
  return {
    join: () => {
      socket = new WebSocket(`${url}/${room}`)
      socket.binaryType = 'arraybuffer'
      socket.onmessage = ({ data }) => {
        if (typeof data !== 'string') return onMessage(bytesOf(data))
        others = Number(data) - 1
        onChange()
      }
    },
    sees: () => others,
    linkedWith: () => others,
    broadcast: send,
    paced: async (data) => {
      send(data)
      while (isFull()) await new Promise((resolve) => setTimeout(resolve, 1))
    },
    close: () => socket?.close(),
  }
}
