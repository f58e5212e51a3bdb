// Judges what the users of a simulated world were told. Each returns what is wrong, or nothing.
import type { MemberId } from '../../src/core/contract.js'
import { WebGroupState } from '../../src/core/states.js'
import { signalingTransitions, topologyTransitions } from '../../src/core/tables.js'
import type { Member } from './actors.js'

/** G1: the members of one group who are still there, and can reach each other, see the same members. */
export function viewsConverge(
  members: readonly Member[],
  canLink: (a: Member, b: Member) => boolean,
): string[] {
  return islands(members, canLink).flatMap((island) => {
    const ids = island
      .map((member) => member.group.myId)
      .sort((a, b) => a - b)
      .join(' ')
    return island
      .filter(
        (member) => !member.isJoined || [...member.group.members].sort((a, b) => a - b).join(' ') !== ids,
      )
      .map(
        (member) =>
          `${member.name} is ${WebGroupState[member.group.state]} and sees ${member.group.members.length} of ${island.length}`,
      )
  })
}

/** Members who can reach each other, if need be through others. */
function islands(members: readonly Member[], canLink: (a: Member, b: Member) => boolean): Member[][] {
  const left = new Set(members)
  const found: Member[][] = []
  for (const member of left) {
    const island = [member]
    left.delete(member)
    for (const one of island)
      for (const other of left)
        if (canLink(one, other)) {
          left.delete(other)
          island.push(other)
        }
    found.push(island)
  }
  return found
}

interface Stay {
  readonly sender: MemberId
  /** Of the sender's messages, in the order received. */
  readonly numbers: number[]
}

/**
 * G2: what one sender sent to me while it had me in view arrives in order and once: what I got in one stay of the sender
 * is the beginning of what it sent in one stay of mine, and all of it if both stays last to the end.
 */
export function nothingLost(members: readonly Member[]): string[] {
  const faults: string[] = []
  const byId = new Map(members.flatMap((member) => [...idsOf(member)].map((id) => [id, member] as const)))
  for (const receiver of members)
    for (const { sender, numbers } of staysOf(receiver)) {
      const from = byId.get(sender)
      const sent = from ? sentInStays(from, sender, idsOf(receiver)) : []
      const isBeginning = sent.some((stay) => numbers.every((number, index) => stay[index] === number))
      if (numbers.length > 0 && !isBeginning)
        faults.push(
          `${receiver.name} got ${numbers.slice(0, 60).join()} of ${sender}, which sent ${sent.map((stay) => stay.slice(0, 60).join()).join(' | ')}`,
        )
    }
  return faults
}

/** G2, for those who stayed to the end. */
export function everythingArrived(members: readonly Member[]): string[] {
  const faults: string[] = []
  for (const receiver of members)
    for (const from of members) {
      const id = from.group.myId
      if (!receiver.others.includes(id) || !from.others.includes(receiver.group.myId)) continue
      const got =
        staysOf(receiver)
          .filter((stay) => stay.sender === id)
          .at(-1)?.numbers ?? []
      const sent = sentInStays(from, id, new Set([receiver.group.myId])).at(-1) ?? []
      if (got.join() !== sent.join())
        faults.push(`${receiver.name} has ${got.join()} of ${from.name} ${id}, which sent ${sent.join()}`)
    }
  return faults
}

/** G3: no message of someone who is not a member, none outside JOINED; joins and leaves alternate. */
export function eventsTellTheTruth(member: Member): string[] {
  const faults: string[] = []
  let present = new Set<MemberId>()
  let state = WebGroupState.LEFT
  for (const told of member.told) {
    if (told.type === 'state') state = told.state
    if (told.type === 'state' && told.state === WebGroupState.LEFT) present = new Set()
    if (told.type === 'memberJoin' && present.has(told.id))
      faults.push(`${member.name}: ${told.id} joined twice`)
    if (told.type === 'memberJoin') present.add(told.id)
    if (told.type === 'memberLeave' && !present.delete(told.id))
      faults.push(`${member.name}: ${told.id} left and was not there`)
    if (told.type === 'message' && !present.has(told.id))
      faults.push(`${member.name}: a message of ${told.id}, who is not there`)
    if (told.type === 'message' && state !== WebGroupState.JOINED)
      faults.push(`${member.name}: a message in ${WebGroupState[state]}`)
  }
  const seen = new Set(member.others)
  for (const id of present) if (!seen.has(id)) faults.push(`${member.name}: ${id} vanished without a leave`)
  return faults
}

/** G5: no transition that the tables do not declare. */
export function transitionsAreDeclared(member: Member): string[] {
  const declared = new Set<string>()
  for (const table of [signalingTransitions, topologyTransitions])
    for (const [from, targets] of Object.entries(table))
      for (const to of targets) declared.add(`${from} ${to}`)
  return [...member.transitions].filter((one) => !declared.has(one)).map((one) => `${member.name}: ${one}`)
}

/** G6: after LEFT nothing is held. */
export function nothingHeld(member: Member): string[] {
  return member.port.held === 0 ? [] : [`${member.name} still holds ${member.port.held} channels or timers`]
}

/** From a join event to the leave event: the messages of one sender. */
function staysOf(member: Member): Stay[] {
  const stays: Stay[] = []
  const open = new Map<MemberId, Stay>()
  for (const told of member.told) {
    if (told.type === 'state' && told.state === WebGroupState.LEFT) open.clear()
    if (told.type === 'memberJoin') {
      const stay: Stay = { sender: told.id, numbers: [] }
      open.set(told.id, stay)
      stays.push(stay)
    }
    if (told.type === 'memberLeave') open.delete(told.id)
    if (told.type === 'message' && typeof told.data === 'string')
      open.get(told.id)?.numbers.push(Number(told.data.split(' ', 2)[1]))
  }
  return stays
}

function idsOf(member: Member): Set<MemberId> {
  return new Set(member.told.flatMap((told) => (told.type === 'myId' ? [told.id] : [])))
}

/** What this member sent under this id to one of these: one list for each time that it had them in view. */
function sentInStays(member: Member, id: MemberId, recipients: Set<MemberId>): number[][] {
  const stays: number[][] = []
  for (const told of member.told) {
    if (told.type === 'memberJoin' && recipients.has(told.id)) stays.push([])
    if (told.type !== 'sent' || !told.to.some((one) => recipients.has(one))) continue
    const [sender, number] = told.text.split(' ', 2).map(Number)
    if (sender === id && number !== undefined) stays.at(-1)?.push(number)
  }
  return stays
}
