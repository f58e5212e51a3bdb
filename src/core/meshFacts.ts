// What one life in a group reports to group.ts, in order.
import type { Data, MemberId } from './contract.js'
import type { NetfluxError } from './errors.js'
import type { Link, PeerName } from './link.js'
import type { Ending } from './traffic.js'

export type MeshFact =
  | { readonly fact: 'join'; readonly id: MemberId }
  | { readonly fact: 'leave'; readonly id: MemberId; readonly how: Ending; readonly wasAdjacent: boolean }
  | { readonly fact: 'messages'; readonly id: MemberId; readonly data: readonly Data[] }
  | { readonly fact: 'room' }
  | { readonly fact: 'linked'; readonly peer: PeerName; readonly link: Link }
  | { readonly fact: 'relay'; readonly peer: PeerName; readonly payload: Uint8Array }
  | {
      readonly fact: 'dialed'
      readonly peer: PeerName
      /** Sigver waits to hear what becomes of it. */
      readonly isIntroduced: boolean
      readonly reason: string | undefined
    }
  | { readonly fact: 'inviteFailed'; readonly invitation: number; readonly error: NetfluxError }
  | { readonly fact: 'error'; readonly error: NetfluxError }
  /** There are new paths, or fewer. */
  | { readonly fact: 'paths' }
  /** Another member lives under my id. */
  | { readonly fact: 'idTaken' }
  /** Nobody has answered yet: does Sigver? */
  | { readonly fact: 'asking' }
  /** After leave(): nothing is left of this life. */
  | { readonly fact: 'released' }
