// G4: nothing crosses groups. Nobody sees a stranger, or hears a message that was sent in another group.
import type { MemberId } from '../../../src/core/contract.js'
import type { Member } from '../member.js'

/** `judged`: without those that lie themselves. */
export function nothingCrosses(
  judged: readonly Member[],
  members: readonly Member[],
  strangers: readonly Member[],
): string[] {
  // Two members may have one id for a moment, in two groups for long.
  const homes = new Set(members.flatMap((member) => idsOf(member).map((id) => `${member.home} ${id}`)))
  const strange = new Set(strangers.flatMap(idsOf))
  return judged.flatMap((member) => [
    ...member.received
      .filter(({ header }) => header && header.key !== member.home)
      .map(({ id }) => `${member.name} of ${member.home} heard ${id} of another group`),
    ...member.told
      .filter((told) => told.type === 'memberJoin' && strange.has(told.id))
      .map(() => `${member.name} saw a stranger as a member`),
    ...member.told
      .filter((told) => told.type === 'memberJoin' && !homes.has(`${member.home} ${told.id}`))
      .map(() => `${member.name} saw a member of another group`),
  ])
}

const idsOf = (member: Member): MemberId[] =>
  member.told.flatMap((told) => (told.type === 'myId' ? [told.id] : []))
