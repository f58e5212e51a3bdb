// What came about in a life beside faults, as its users were told: promises about messages that nobody sends are easily
// kept. Counted by tally.ts.
import { WebGroupState } from '../../src/core/states.js'
import type { Member, Told } from './member.js'

export const happenings = [
  'a message came',
  'an unordered message came',
  'a large message came',
  'one was written to',
  'a bot came',
  'somebody left',
  'somebody was seen to leave',
] as const
export type Happening = (typeof happenings)[number]

/** Bytes: more than a block can hold. */
const LARGE = 100_000

export const happeningsOf = (members: readonly Member[]): readonly Happening[] => [
  ...new Set(members.flatMap((member) => member.told.flatMap((told) => happeningsIn(told, member)))),
]

function happeningsIn(told: Told, { url }: Member): Happening[] {
  switch (told.type) {
    case 'message':
      return [
        'a message came',
        ...(told.header?.ordered === false ? ['an unordered message came' as const] : []),
        ...((told.header?.size ?? 0) > LARGE ? ['a large message came' as const] : []),
      ]
    case 'sent':
      return told.isPrivate ? ['one was written to'] : []
    case 'state':
      if (told.state === WebGroupState.LEFT) return ['somebody left']
      return told.state === WebGroupState.JOINED && url !== '' ? ['a bot came'] : []
    case 'memberLeave':
      return ['somebody was seen to leave']
    default:
      return []
  }
}
