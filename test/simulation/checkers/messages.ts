// G2: within a session messages from one sender arrive in the order sent, once, unchanged, whatever the path; nothing is
// missing while both stay in each other's view. Judges what members told of what they sent and heard.
import type { MemberId } from '../../../src/core/contract.js'
import { WebGroupState } from '../../../src/core/states.js'
import type { Member } from '../member.js'

/** Ordered messages keep their order; free ones (`ordered: false`) may overtake, and come once. */
type Stream = 'ordered' | 'free'
const streams: readonly Stream[] = ['ordered', 'free']

interface Stay {
  readonly sender: MemberId
  readonly recipient: MemberId
  /** Who that was; '' as long as nothing was heard. */
  name: string
  /** Of the sender's messages, in the order received. */
  readonly numbers: Record<Stream, number[]>
}

export function arriveUnchanged(member: Member): string[] {
  return member.received
    .filter(({ id, header }) => header?.sender !== id)
    .map(({ id, at }) => `${member.name}: a message of ${id} at ${Math.round(at)} is not as it was sent`)
}

/**
 * What I got in one stay of the sender is the beginning of what it sent in one stay of mine. What hostile members say and
 * hear proves nothing.
 */
export function nothingLost(members: readonly Member[]): string[] {
  const faults: string[] = []
  const byName = new Map(members.map((member) => [`${member.name} ${member.home}`, member]))
  const told = new Map<string, Stay[]>()
  const toldBy = (member: Member, id: MemberId): Stay[] => {
    const name = `${member.name} ${member.home} ${id}`
    const known = told.get(name) ?? sentInStays(member, id)
    told.set(name, known)
    return known
  }
  for (const receiver of members.filter((member) => !member.isHostile))
    for (const { sender, recipient, name, numbers } of staysOf(receiver)) {
      const from = byName.get(`${name} ${receiver.home}`)
      if (from?.isHostile) continue
      const sent = from ? toldBy(from, sender).filter((stay) => stay.recipient === recipient) : []
      for (const stream of streams) {
        const got = numbers[stream]
        if (got.length === 0 || sent.some((stay) => isPartOf(got, stay.numbers[stream], stream))) continue
        const all = sent.map((stay) => brief(stay.numbers[stream])).join(' | ')
        faults.push(`${receiver.name} got ${brief(got)} (${stream}) of ${sender}, which sent ${all}`)
      }
    }
  return faults
}

function isPartOf(got: readonly number[], sent: readonly number[], stream: Stream): boolean {
  if (stream === 'ordered') return got.every((number, index) => sent[index] === number)
  return new Set(got).size === got.length && got.every((number) => sent.includes(number))
}

/** All of it, among those who stayed to the end. */
export function everythingArrived(members: readonly Member[]): string[] {
  const faults: string[] = []
  const heard = new Map(members.map((member) => [member, lastOf(staysOf(member), ({ sender }) => sender)]))
  for (const from of members) {
    const id = from.group.myId
    const told = lastOf(sentInStays(from, id), ({ recipient }) => recipient)
    for (const receiver of members) {
      const { myId } = receiver.group
      if (!receiver.others.includes(id) || !from.others.includes(myId)) continue
      for (const stream of streams) {
        const mine = sorted(heard.get(receiver)?.get(id)?.numbers[stream], stream)
        const theirs = sorted(told.get(myId)?.numbers[stream], stream)
        if (mine.join() !== theirs.join())
          faults.push(
            `${receiver.name} has ${brief(mine)} (${stream}) of ${from.name} ${id}, which sent ${brief(theirs)}`,
          )
      }
    }
  }
  return faults
}

const lastOf = (stays: readonly Stay[], whose: (stay: Stay) => MemberId): Map<MemberId, Stay> =>
  new Map(stays.map((stay) => [whose(stay), stay]))

const sorted = (numbers: readonly number[] = [], stream: Stream): readonly number[] =>
  stream === 'ordered' ? numbers : [...numbers].sort((a, b) => a - b)

const brief = (numbers: readonly number[]): string =>
  numbers.length <= 20 ? numbers.join() : `${numbers.slice(0, 10).join()}...${numbers.slice(-10).join()}`

/** From a join event to the leave event: the messages of one sender. */
function staysOf(member: Member): Stay[] {
  const stays: Stay[] = []
  const open = new Map<MemberId, Stay>()
  let myId = 0
  for (const told of member.told) {
    if (told.type === 'myId') myId = told.id
    if (told.type === 'state' && told.state === WebGroupState.LEFT) open.clear()
    if (told.type === 'memberJoin') {
      const stay = newStay(told.id, myId)
      open.set(told.id, stay)
      stays.push(stay)
    }
    if (told.type === 'memberLeave') open.delete(told.id)
    const stay = told.type === 'message' ? open.get(told.id) : undefined
    if (told.type !== 'message' || !told.header || !stay) continue
    stay.name = told.header.name
    stay.numbers[told.header.ordered ? 'ordered' : 'free'].push(told.header.number)
  }
  return stays
}

const newStay = (sender: MemberId, recipient: MemberId): Stay => ({
  sender,
  recipient,
  name: '',
  numbers: { ordered: [], free: [] },
})

/** What this member sent under one id: to each other member a stay for each time that it had that one in view. */
function sentInStays(member: Member, sender: MemberId): Stay[] {
  const stays: Stay[] = []
  const last = new Map<MemberId, Stay>()
  for (const told of member.told) {
    if (told.type === 'memberJoin') {
      const stay = newStay(sender, told.id)
      last.set(told.id, stay)
      stays.push(stay)
    }
    if (told.type !== 'sent' || told.header.sender !== sender) continue
    for (const recipient of told.to)
      last.get(recipient)?.numbers[told.header.ordered ? 'ordered' : 'free'].push(told.header.number)
  }
  return stays
}
