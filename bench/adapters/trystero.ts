// trystero with its nostr strategy, over a relay on this machine.
import { joinRoom, type Room } from 'trystero'
import { bytesOf, type Open, rtcConfiguration } from './peer.js'

export const open: Open = (url, name, { onMessage, onChange }) => {
  let room: Room | undefined
  let send: ((data: Uint8Array) => Promise<void>) | undefined
  const count = () => Object.keys(room?.getPeers() ?? {}).length
  const broadcast = (data: Uint8Array): Promise<void> => send?.(data) ?? Promise.resolve()
  return {
    join: () => {
      room = joinRoom(
        { appId: 'bench', relayConfig: { urls: [url], redundancy: 1 }, rtcConfig: rtcConfiguration },
        name,
      )
      const action = room.makeAction('bytes')
      action.onMessage = (data) => onMessage(bytesOf(data))
      send = (data) => action.send(data)
      room.onPeerJoin = room.onPeerLeave = onChange
    },
    sees: count,
    linkedWith: count,
    broadcast,
    paced: broadcast,
    close: () => room?.leave(),
  }
}
