// G8: memory is bounded. Counts what a core keeps: bytes and text in its fields, whatever they are for.
import * as limits from '../../../src/core/limits.js'
import type { Member } from '../member.js'

const MiB = 1024 * 1024

/** While faults rage: what waits to be sent, what is half received, and for each member its state. */
export function memoryIsBounded(member: Member, largest: number, members: number): string[] {
  const bound = member.maxBacklog + members * (2 * largest + MiB) + limits.early
  return judge(member, bound)
}

/** When all has been sent and received: no message is kept, of a member only who and where it is. */
export function memoryIsFree(member: Member, members: number): string[] {
  return judge(member, 64 * 1024 + members * 8 * 1024)
}

function judge(member: Member, bound: number): string[] {
  const bytes = retained(member.group)
  return bytes <= bound ? [] : [`${member.name} keeps ${bytes} bytes, where ${bound} are allowed`]
}

/** Bytes of all buffers, and characters of all texts, that can be reached through fields. */
export function retained(root: object): number {
  const seen = new Set<unknown>([root])
  const open: unknown[] = [root]
  let bytes = 0
  const visit = (value: unknown) => {
    if (typeof value === 'string') bytes += value.length
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    open.push(value)
  }
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (ArrayBuffer.isView(value)) {
      // A small view keeps its whole buffer.
      if (!seen.has(value.buffer)) bytes += value.buffer.byteLength
      seen.add(value.buffer)
    } else if (value instanceof Map) {
      for (const entry of value) entry.forEach(visit)
    } else if (value instanceof Set || Array.isArray(value)) for (const item of value) visit(item)
    else if (typeof value === 'object' && value) for (const item of Object.values(value)) visit(item)
  }
  return bytes
}
