// G5: no state transition that the tables do not declare, and at most one link per pair once glare has settled.
import { signalingTransitions, topologyTransitions } from '../../../src/core/tables.js'
import type { Member } from '../member.js'

/** Each as "FROM TO". */
export const declaredTransitions: ReadonlySet<string> = new Set(
  [signalingTransitions, topologyTransitions].flatMap((table) =>
    Object.entries<readonly string[]>(table).flatMap(([from, targets]) =>
      targets.map((to) => `${from} ${to}`),
    ),
  ),
)

export function transitionsAreDeclared(member: Member): string[] {
  return [...member.transitions]
    .filter((one) => !declaredTransitions.has(one))
    .map((one) => `${member.name}: ${one} is in no table`)
}

/** `members`: of one group. */
export function pairsHaveOneLink(members: readonly Member[]): string[] {
  return members.flatMap((a, i) =>
    members
      .slice(i + 1)
      .map((b) => ({ b, count: a.port.linksWith(b.port) }))
      .filter(({ count }) => count > 1)
      .map(({ b, count }) => `${a.name} and ${b.name} have ${count} links`),
  )
}
