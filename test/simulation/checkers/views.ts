// G1: views converge. After faults end, members of one group that can reach each other or Sigver have equal `members`.
// G7 with it: each of them is JOINED, however it was thrown out.
import { WebGroupState } from '../../../src/core/states.js'
import type { Member } from '../member.js'
import type { World } from '../world.js'

/** `members`: of one group, those who are there and want to be. */
export function viewsConverge(world: World, members: readonly Member[]): string[] {
  return islands(world, members).flatMap((island) => {
    const hasSigver = world.sigver && island.some(({ name }) => !world.isCut(name, 'sigver'))
    return hasSigver ? areAllTogether(island) : areAgreed(island)
  })
}

function areAllTogether(island: readonly Member[]): string[] {
  const all = idsOf(island)
  return island
    .filter((member) => !member.isJoined || viewOf(member) !== all)
    .map((member) => `${about(member)} of ${island.length}`)
}

/** Nobody introduces those who lost each other before. But who sees another is seen by it, and both see the same. */
function areAgreed(island: readonly Member[]): string[] {
  const byId = new Map(island.map((member) => [member.group.myId, member]))
  return island
    .filter((member) => member.others.some((id) => viewOf(byId.get(id)) !== viewOf(member)))
    .map((member) => `${about(member)}, and those do not see the same`)
}

const about = ({ name, group }: Member): string =>
  `${name} ${group.myId} is ${WebGroupState[group.state]} and sees ${group.members.length}`

const viewOf = (member: Member | undefined): string =>
  member ? [...member.group.members].sort((a, b) => a - b).join(' ') : ''

const idsOf = (members: readonly Member[]): string =>
  members
    .map((member) => member.group.myId)
    .sort((a, b) => a - b)
    .join(' ')

/** Members who can reach each other, if need be through others. */
function islands(world: World, members: readonly Member[]): Member[][] {
  const left = new Set(members)
  const found: Member[][] = []
  for (const member of left) {
    const island = [member]
    left.delete(member)
    for (const one of island)
      for (const other of left)
        if (canLink(world, one, other)) {
          left.delete(other)
          island.push(other)
        }
    found.push(island)
  }
  return found
}

export function canLink(world: World, a: Member, b: Member): boolean {
  const canHaveLink = a.url !== '' || b.url !== '' || world.canHaveDataChannel(a.name, b.name)
  return canHaveLink && !world.isCut(a.name, b.name)
}
