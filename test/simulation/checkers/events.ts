// G3: no message of someone before its join event or after its leave event; none outside JOINED; joins and leaves alternate.
import type { MemberId } from '../../../src/core/contract.js'
import { WebGroupState } from '../../../src/core/states.js'
import type { Member } from '../member.js'

export function eventsTellTheTruth(member: Member): string[] {
  const faults: string[] = []
  let present = new Set<MemberId>()
  let state = WebGroupState.LEFT
  const fault = (what: string) => faults.push(`${member.name}: ${what}`)
  for (const told of member.told) {
    switch (told.type) {
      case 'state':
        if (told.state === state) fault(`told ${WebGroupState[state]} twice`)
        state = told.state
        if (state === WebGroupState.LEFT) present = new Set()
        break
      case 'memberJoin':
        if (present.has(told.id)) fault(`${told.id} joined twice`)
        present.add(told.id)
        break
      case 'memberLeave':
        if (!present.delete(told.id)) fault(`${told.id} left and was not there`)
        break
      case 'message':
        if (!present.has(told.id)) fault(`a message of ${told.id}, who is not there`)
        if (state !== WebGroupState.JOINED) fault(`a message in ${WebGroupState[state]}`)
    }
  }
  const seen = new Set(member.others)
  for (const id of present) if (!seen.has(id)) fault(`${id} vanished without a leave`)
  for (const id of seen) if (!present.has(id)) fault(`${id} came without a join`)
  return faults
}
