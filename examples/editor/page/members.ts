// Who is in the document, and how each is reached. Used by openDocument.ts; memberList.ts draws it.
import type { LinkInfo, MemberId } from '#netflux'
import type { NetfluxProvider } from '../../../src/yjs.js'

export interface Member {
  readonly id: MemberId
  readonly name: string
  readonly color: string
  readonly isMe: boolean
  readonly isBot: boolean
  /** undefined: me */
  readonly link: LinkInfo | undefined
}

const NOBODYS_COLOR = '#64748b'

/** Me first, then people, bots last; each in the order in which they came. */
export function membersOf(provider: NetfluxProvider): Member[] {
  const { webGroup, awareness } = provider
  const states = new Map<MemberId, unknown>()
  for (const [client, state] of awareness.getStates()) {
    const id = client === awareness.clientID ? webGroup.myId : provider.memberOf(client)
    if (id !== undefined) states.set(id, state)
  }
  return webGroup.members
    .map((id) => ({
      id,
      ...profileOf(states.get(id)),
      isMe: id === webGroup.myId,
      link: webGroup.link(id),
    }))
    .sort((a, b) => rank(a) - rank(b))
}

export const isBot = (member: Member): boolean => member.isBot

function rank({ isMe, isBot }: { isMe: boolean; isBot: boolean }): number {
  return isMe ? 0 : isBot ? 2 : 1
}

/** Others may send anything. */
function profileOf(state: unknown): { name: string; color: string; isBot: boolean } {
  const user = property(state, 'user')
  const name = property(user, 'name')
  const color = property(user, 'color')
  return {
    name: typeof name === 'string' && name.trim() !== '' ? name.slice(0, 32) : 'Somebody',
    color: typeof color === 'string' && /^#[\da-f]{6,8}$/i.test(color) ? color : NOBODYS_COLOR,
    isBot: property(state, 'isBot') === true,
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
