// Who is measured: the adapter that pages load, the server that it needs, and whether it is a peer to be compared with.
import { servePeerServer, serveSigver, serveSigver4, serveYWebrtc } from './servers/programs.js'
import { serveNostr } from './servers/nostr.js'
import { serveRelay } from './servers/relay.js'
import type { Service } from './servers/service.js'
import { serveSignaling } from './servers/signaling.js'

export const names = ['ours', 'raw', 'rawWebSocket', 'netflux4', 'peerjs', 'ywebrtc', 'trystero'] as const
export type Name = (typeof names)[number]

/** Libraries for the same purpose: what "the best peer" is taken from. */
export const peers: readonly Name[] = ['netflux4', 'peerjs', 'ywebrtc', 'trystero']

export interface Library {
  readonly title: string
  serve(): Promise<Service>
}

export const libraries: Record<Name, Library> = {
  ours: { title: 'Netflux 5', serve: serveSigver },
  raw: { title: 'raw RTCDataChannel', serve: serveSignaling },
  rawWebSocket: { title: 'raw WebSocket relay', serve: serveRelay },
  netflux4: { title: 'Netflux 4.3.1', serve: serveSigver4 },
  peerjs: { title: 'peerjs 1.5', serve: servePeerServer },
  ywebrtc: { title: 'y-webrtc 10 (channels)', serve: serveYWebrtc },
  trystero: { title: 'trystero 0.25', serve: serveNostr },
}
