// A member in a process of its own, for what only a process can do: end by itself, or be killed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./member.child.ts', import.meta.url))

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Milliseconds from its leave() to its end. */
  readonly took: number
  /** How many it saw in the group, itself included. */
  readonly members: number
}

/** Joins, waits for so many members, says a word to all, and then leaves or is killed. */
export async function runMember(
  server: string,
  key: string,
  size: number,
  how: 'leave' | 'kill' = 'leave',
): Promise<ProcessEnd> {
  const args = ['--import', 'tsx', script, server, key, String(size), how]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  let members = 0
  let leftAt = 0
  for await (const line of createInterface(child.stdout)) {
    members = Number(line)
    leftAt = performance.now()
    if (how === 'kill') child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  clearTimeout(timer)
  return { code, signal, took: performance.now() - leftAt, members }
}
