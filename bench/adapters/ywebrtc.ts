// The simple-peer channels of y-webrtc, without Yjs: as Yjs updates it carries a fifth of the messages.
// y-webrtc reads every message, too: ours begin as one of its own that it ignores.
import { WebrtcProvider } from 'y-webrtc'
import { Doc } from 'yjs'
import { HARMLESS } from '../agent/messages.js'
import { bytesOf, type Open, rtcConfiguration } from './peer.js'

/** Its own messages begin otherwise. */
const isOurs = (data: Uint8Array): boolean => data[0] === HARMLESS[0]

export const open: Open = (url, room, { onMessage, onChange }) => {
  let provider: WebrtcProvider | undefined
  const connections = () => [...(provider?.room?.webrtcConns.values() ?? [])]
  const linked = () => connections().filter(({ connected }) => connected)
  return {
    join: () => {
      const mine = new WebrtcProvider(room, new Doc(), {
        signaling: [url],
        maxConns: 100,
        // Pages of one browser would do without WebRTC.
        filterBcConns: false,
        peerOpts: { config: rtcConfiguration },
      })
      provider = mine
      mine.on('peers', ({ added }) => {
        for (const id of added) {
          const peer = mine.room?.webrtcConns.get(id)?.peer
          peer?.on('data', (data) => isOurs(data) && onMessage(bytesOf(data)))
          peer?.on('connect', onChange)
          peer?.on('close', onChange)
        }
        onChange()
      })
    },
    sees: () => linked().length,
    linkedWith: () => linked().length,
    broadcast: (data) => linked().forEach(({ peer }) => peer.send(data)),
    close: () => provider?.destroy(),
  }
}
