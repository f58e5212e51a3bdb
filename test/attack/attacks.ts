// All attacks by name, and what they have in common. Run in the process of the attacker.
import { setTimeout as sleep } from 'node:timers/promises'
import * as addresses from './attacksOnAddresses.js'
import * as connections from './attacksOnConnections.js'
import * as frames from './attacksOnFrames.js'
import { impersonation } from './attacksOnIdentities.js'
import * as rooms from './attacksOnRooms.js'
import type { RawSocket, Target } from './rawSocket.js'

export interface Outcome {
  /** In words and numbers, for the table. */
  readonly tried: string
  /** How the sockets ended: close codes or, negative, http statuses; how often each. */
  readonly ends: Readonly<Record<number, number>>
  readonly more?: unknown
}

export type Attack = (target: Target, more: unknown) => Promise<Outcome>

export const attacks: Readonly<Record<string, Attack>> = {
  ...addresses,
  ...connections,
  ...frames,
  ...rooms,
  impersonation,
}

/** How long a flood lasts: some joins of the normal group fall into it. */
export const FLOOD = 1_500

/** How they ended, as soon as all have. */
export async function endsOf(sockets: readonly RawSocket[]): Promise<Record<number, number>> {
  const ends: Record<number, number> = {}
  for (const socket of sockets) {
    const code = await socket.closed
    // Without a WebSocket, what http said.
    const end = socket.status === 101 ? code : -socket.status
    ends[end] = (ends[end] ?? 0) + 1
  }
  return ends
}

/** So many at a time, as fast as they are done, until the time is over. Returns how often it was done. */
export async function over(
  milliseconds: number,
  atOnce: number,
  work: (number: number) => Promise<unknown>,
): Promise<number> {
  const end = performance.now() + milliseconds
  let count = 0
  const one = async () => {
    while (performance.now() < end) await work(count++)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return count
}

/** Begins so many, but not faster than they are accepted: else the kernel drops them, and asks again after a second. */
export async function begun<T>(count: number, begin: (number: number) => T): Promise<T[]> {
  const all: T[] = []
  for (let i = 0; i < count; i++) {
    all.push(begin(i))
    if (i % 100 === 99) await sleep(15)
  }
  return all
}
