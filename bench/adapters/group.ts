// Netflux 5 as a peer, for the WebGroup of either platform.
import type { BaseWebGroup } from '../../src/WebGroup.js'
import { bytesOf, type Open } from './peer.js'

export const openWith =
  (makeGroup: (signalingServer: string) => BaseWebGroup): Open =>
  (url, room, { onMessage, onChange }) => {
    const group = makeGroup(url)
    group.onMessage = (_id, data) => onMessage(bytesOf(data))
    group.onMemberJoin = group.onMemberLeave = group.onStateChange = onChange
    return {
      join: () => group.join(room),
      sees: () => group.members.length - 1,
      linkedWith: () => group.neighbors.length,
      broadcast: (data) => group.send(data),
      paced: (data) => group.send(data),
      bulk: (data) => group.send(data, { ordered: false }),
      invite: (bot) => group.invite(bot),
      close: () => group.leave(),
    }
  }
