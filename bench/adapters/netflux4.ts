// Netflux 4.3.1, its UMD build with everything inside.
import { WebGroup } from 'netflux4/dist/netflux.browser.es5.umd.js'
import { bytesOf, type Open, rtcConfiguration } from './peer.js'

export const open: Open = (signalingServer, room, { onMessage, onChange }) => {
  const group = new WebGroup({ signalingServer, rtcConfiguration })
  group.onMessage = (_id, data) => onMessage(bytesOf(data))
  group.onMemberJoin = group.onMemberLeave = group.onStateChange = onChange
  return {
    join: () => group.join(room),
    // The list contains oneself, but not before one has joined.
    sees: () => Math.max(0, group.members.length - 1),
    linkedWith: () => group.neighbors.length,
    broadcast: (data) => group.send(data),
    close: () => group.leave(),
  }
}
