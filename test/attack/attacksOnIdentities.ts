// Attacks on who is who: a room mate knows the ids and incarnations of those it was introduced to.
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeToPeer, type Identity, type Peer } from '../../src/core/signalingWire.js'
import { endsOf, type Outcome, over } from './attacks.js'
import { announce, announceAs } from './frames.js'
import { RawSocket, type Target } from './rawSocket.js'

/** It was taken for that member. */
export const BELIEVED = 0

const PATIENCE = 500

/** What can be said of a peer by who knows no more than this. */
const guesses = ({ id, incarnation }: Peer): readonly Identity[] => {
  const nothing = '0'.repeat(16)
  const halves = [incarnation + incarnation, incarnation + nothing, nothing + incarnation, nothing + nothing]
  return halves.map((preimage) => ({ id, preimage }))
}

/** Announces itself as the member whom it is introduced to. `more`: the topic of a member that is alone. */
export async function impersonation(target: Target, more: unknown): Promise<Outcome> {
  const { path } = more as { path: string }
  const roomMate = await RawSocket.open(target, { path })
  roomMate.send(announce(1))
  const frame = decodeToPeer((await roomMate.message()) ?? new Uint8Array(0))
  if (frame?.type !== 'introduction') throw new Error(`it was not introduced: ${frame?.type}`)
  const tries = guesses(frame.peer)
  const ends: Record<number, number> = {}
  const believed: RawSocket[] = []
  const count = await over(2_000, 4, async (number) => {
    const socket = await RawSocket.open(target, { path })
    const identity = tries[number % tries.length]
    if (identity) socket.send(announceAs(identity))
    await Promise.race([socket.closed, sleep(PATIENCE)])
    if (!socket.socket.destroyed) believed.push(socket)
    else
      for (const code of Object.keys(await endsOf([socket])))
        ends[Number(code)] = (ends[Number(code)] ?? 0) + 1
  })
  for (const socket of [roomMate, ...believed]) socket.end()
  if (believed.length > 0) ends[BELIEVED] = believed.length
  return {
    tried: `${count} announcements as a member that is alone, by a peer that was introduced to it`,
    ends,
  }
}
