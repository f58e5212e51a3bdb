// Several members of one group at once.
import type { Member } from '../../mixed/harness/member.js'

/** One after another; each is JOINED before the next begins. */
export async function joinInTurn(members: readonly Member[], key: string): Promise<void> {
  for (const member of members) await member.join(key)
  await fullyLinked(members)
}

/** Everyone is JOINED, sees exactly these members, and is linked with each of them directly. */
export async function fullyLinked(members: readonly Member[], patience = 20_000): Promise<void> {
  const ids = await Promise.all(members.map((member) => member.id()))
  const wish = { state: 'JOINED', members: ids, direct: ids.length - 1 } as const
  await Promise.all(members.map((member) => member.until(wish, patience)))
}

/** Whom these have seen leave. */
export async function leaves(members: readonly Member[]): Promise<(string | number)[]> {
  return (await Promise.all(members.map((member) => member.told('leave')))).flat()
}
