// When something happened, as members in other processes tell it, and how that is written in a line of figures.
import type { Happening } from '../../mixed/harness/agent.js'
import type { Member } from '../../mixed/harness/member.js'

/** Comparable with the times of happenings in other processes. */
export const now = (): number => performance.timeOrigin + performance.now()

/** Milliseconds from `since` to the first such happening after it. */
export async function delayOf(
  member: Member,
  what: Happening['what'],
  since: number,
  value?: string | number,
): Promise<number> {
  const isIt = (happening: Happening) =>
    happening.what === what && happening.at >= since && (value === undefined || happening.value === value)
  const found = (await member.happened()).find(isIt)
  if (!found) throw new Error(`${member.name} was told of no ${what} ${value ?? ''}`)
  return found.at - since
}

export const duration = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`

/** How it was for each of several, as one figure. */
export function range(delays: readonly number[]): string {
  const [least, most] = [duration(Math.min(...delays)), duration(Math.max(...delays))]
  return least === most ? least : `${least} to ${most}`
}
