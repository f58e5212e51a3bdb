// Which process renders a page of Firefox, so that a test can kill it. Firefox does not tell: the page is made to take
// memory, and the process that grew is the one. Reads /proc, so on Linux only.
import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'puppeteer-core'

const MEGABYTES = 96
const PAGE_SIZE = 4096

export async function killContentProcess(page: Page, browserPid: number): Promise<void> {
  const before = memoryBelow(browserPid)
  await page.evaluate(`globalThis.ballast = new Uint8Array(${MEGABYTES} << 20).fill(1)`)
  // Only processes that were there before: Firefox starts spare ones at any time.
  const after = memoryBelow(browserPid)
  const grown = [...before].map(([pid, bytes]) => ({ pid, growth: (after.get(pid) ?? 0) - bytes }))
  const [most, next] = grown.sort((a, b) => b.growth - a.growth)
  const expected = MEGABYTES << 20
  if (!most || !next || most.growth < expected / 2 || next.growth > expected / 2)
    throw new Error(`cannot tell which process renders the page: ${JSON.stringify([most, next])}`)
  process.kill(most.pid, 'SIGKILL')
}

/** Resident memory of all descendants of a process that render web content. */
function memoryBelow(ancestor: number): Map<number, number> {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]))
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === ancestor || (parent !== undefined && parent > 1 && isBelow(parent))
  }
  return new Map([...parents.keys()].filter(isBelow).map((pid) => [pid, memoryOf(pid)]))
}

const pids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger)

/** What the kernel tells of a process; '' when it has ended. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** The command's name, in brackets, may contain anything. */
function parentOf(pid: number): number {
  const stat = read(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}

const memoryOf = (pid: number): number => Number(read(pid, 'statm').split(' ')[1] ?? 0) * PAGE_SIZE
