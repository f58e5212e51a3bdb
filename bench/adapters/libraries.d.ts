// The few calls that the bench makes, so that the types of the whole repository can be checked before anybody has
// installed what is measured.
declare module 'netflux4/dist/netflux.browser.es5.umd.js' {
  export class WebGroup {
    constructor(options: { signalingServer: string; rtcConfiguration: RTCConfiguration })
    readonly members: number[]
    readonly neighbors: number[]
    onMessage: (id: number, data: string | Uint8Array) => void
    onMemberJoin: () => void
    onMemberLeave: () => void
    onStateChange: () => void
    join(key: string): void
    send(data: Uint8Array): void
    leave(): void
  }
}

declare module 'peerjs' {
  export interface DataConnection {
    readonly peer: string
    on(event: 'open' | 'close', listener: () => void): void
    on(event: 'data', listener: (data: unknown) => void): void
    send(data: Uint8Array): unknown
  }
  export class Peer {
    constructor(id: string, options: { host: string; port: number; path: string; config: RTCConfiguration })
    on(event: 'open', listener: () => void): void
    on(event: 'connection', listener: (connection: DataConnection) => void): void
    listAllPeers(callback: (ids: string[]) => void): void
    connect(id: string, options: { reliable: boolean }): DataConnection
    destroy(): void
  }
}

declare module 'peer' {
  import type { Server } from 'node:http'
  interface Options {
    host: string
    port: number
    path: string
    allow_discovery: boolean
  }
  export function PeerServer(options: Options, listening: (server: Server) => void): unknown
}

declare module 'y-webrtc' {
  import type { Doc } from 'yjs'
  interface SimplePeer {
    on(event: 'data', listener: (data: Uint8Array) => void): void
    on(event: 'connect' | 'close', listener: () => void): void
    send(data: Uint8Array): void
  }
  interface Options {
    signaling: string[]
    maxConns: number
    filterBcConns: boolean
    peerOpts: { config: RTCConfiguration }
  }
  export class WebrtcProvider {
    constructor(room: string, doc: Doc, options: Options)
    readonly room: { webrtcConns: Map<string, { connected: boolean; peer: SimplePeer }> } | null
    on(event: 'peers', listener: (change: { added: string[] }) => void): void
    destroy(): void
  }
}

declare module 'trystero' {
  interface Action {
    send(data: Uint8Array): Promise<void>
    onMessage: (data: unknown) => void
  }
  export interface Room {
    makeAction(name: string): Action
    getPeers(): Record<string, RTCPeerConnection>
    onPeerJoin: () => void
    onPeerLeave: () => void
    leave(): Promise<void>
  }
  interface Config {
    appId: string
    relayConfig: { urls: string[]; redundancy: number }
    rtcConfig: RTCConfiguration
  }
  export function joinRoom(config: Config, name: string): Room
}

declare module 'node-datachannel/polyfill' {
  export const RTCPeerConnection: typeof globalThis.RTCPeerConnection
}

declare module 'vega' {
  export const Error: number
  export function logger(level: number): object
  export function parse(spec: object): object
  export class View {
    constructor(runtime: object, options: { renderer: 'none' })
    toSVG(): Promise<string>
    finalize(): void
  }
}

declare module 'vega-lite' {
  export function compile(spec: object, options: { logger: object }): { spec: object }
}
