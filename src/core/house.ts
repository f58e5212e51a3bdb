// What the door speaks with: the rooms of this instance (rooms.ts), or the cluster (cluster.ts), which passes on to those of
// other instances. Implemented by both.
import type { ChannelId } from './contract.js'
import type { Announcement, Said } from './door.js'

export interface House {
  arrive(channel: ChannelId, topic: string, announcement: Announcement): void
  hear(channel: ChannelId, frame: Said, bytes: Uint8Array): void
  returned(channel: ChannelId): void
  /** `quietly`: it is not gone, only seated elsewhere. */
  leave(channel: ChannelId, quietly: boolean): void
}
