// Awareness (names, cursors) over a group: tells others my states, and forgets those of members that left.
// Owned by NetfluxProvider.ts, which carries the bytes. Never passes on what it heard from a member: all are in touch.
import {
  applyAwarenessUpdate,
  type Awareness,
  encodeAwarenessUpdate,
  modifyAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness'
import type { MemberId } from '#netflux'

interface Changes {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

export class Presence {
  readonly #awareness: Awareness
  readonly #broadcast: (update: Uint8Array) => void
  /** Awareness client -> the member that told us about it. All other clients are mine to tell. */
  readonly #owners = new Map<number, MemberId>()
  #speaker: MemberId | undefined

  constructor(awareness: Awareness, broadcast: (update: Uint8Array) => void) {
    this.#awareness = awareness
    this.#broadcast = broadcast
  }

  start(): void {
    this.#awareness.on('change', this.#learn)
    this.#awareness.on('update', this.#tell)
    // Others may have been told that I am gone, under the current clock: they believe a later one only.
    const state = this.#awareness.getLocalState()
    if (state) this.#awareness.setLocalState(state)
  }

  /** Tells everyone that my states are gone, and forgets theirs. My own stay, for the next start. */
  stop(): void {
    this.#awareness.off('change', this.#learn)
    this.#awareness.off('update', this.#tell)
    const mine = this.#mine()
    if (mine.length > 0) this.#broadcast(encodeAwarenessUpdate(this.#awareness, mine, new Map()))
    this.#forgetClients([...this.#owners.keys()])
  }

  /** What a member that has just come needs to know; undefined if there is nothing. */
  greeting(): Uint8Array | undefined {
    const mine = this.#mine()
    return mine.length > 0 ? encodeAwarenessUpdate(this.#awareness, mine) : undefined
  }

  receive(from: MemberId, bytes: Uint8Array): void {
    const update = checked(bytes)
    if (!update) return
    this.#speaker = from
    try {
      applyAwarenessUpdate(this.#awareness, update, this)
    } finally {
      this.#speaker = undefined
    }
  }

  /** This member left. */
  forget(member: MemberId): void {
    this.#forgetClients([...this.#owners.keys()].filter((client) => this.#owners.get(client) === member))
  }

  memberOf(client: number): MemberId | undefined {
    return this.#owners.get(client)
  }

  #mine(): number[] {
    return [...this.#awareness.getStates().keys()].filter((client) => !this.#owners.has(client))
  }

  #forgetClients(clients: number[]): void {
    removeAwarenessStates(this.#awareness, clients, this)
    for (const client of clients) {
      this.#owners.delete(client)
      // With its clock remembered, the same state would be refused when the member comes back.
      if (client !== this.#awareness.clientID) this.#awareness.meta.delete(client)
    }
  }

  readonly #learn = ({ added, updated }: Changes, origin: unknown): void => {
    if (origin !== this || this.#speaker === undefined) return
    for (const client of [...added, ...updated])
      if (client !== this.#awareness.clientID) this.#owners.set(client, this.#speaker)
  }

  readonly #tell = (changes: Changes, origin: unknown): void => {
    this.#learn(changes, origin)
    const changed = [...changes.added, ...changes.updated, ...changes.removed]
    // Of what a member said, only that I were gone is answered: the clock of my state was raised meanwhile.
    const isMine = (client: number) =>
      origin === this ? client === this.#awareness.clientID : !this.#owners.has(client)
    const mine = changed.filter(isMine)
    if (mine.length > 0) this.#broadcast(encodeAwarenessUpdate(this.#awareness, mine))
  }
}

/** The update, with states that are no objects taken as none; undefined if it is not an update. */
function checked(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return modifyAwarenessUpdate(bytes, (state: unknown) =>
      typeof state === 'object' && !Array.isArray(state) ? state : null,
    )
  } catch {
    return undefined
  }
}
