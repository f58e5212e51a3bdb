// G6: after LEFT nothing is held: no timer, no channel.
import type { Member } from '../member.js'

/** To be asked 2 s after LEFT. */
export function nothingHeld(member: Member): string[] {
  const { held } = member.port
  return held.length === 0 ? [] : [`${member.name} still holds ${held.join(', ')}`]
}
