// How much memory the process that renders a page holds, and has held at most. Chromium does not tell which process that is:
// the page computes for a moment, and the process whose time grew is the one. Reads /proc, so on Linux only.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { PageRemote } from './pages.js'

const SPIN = 300
const ATTEMPTS = 4

export class RendererMemory {
  private constructor(private readonly pid: number) {}

  static async of(page: PageRemote): Promise<RendererMemory> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const pid = await busiest(page)
      if (pid !== undefined) return new RendererMemory(pid)
    }
    throw new Error('cannot tell which process renders the page')
  }

  /** Resident memory, in bytes. */
  now(): number {
    return this.read('VmRSS')
  }

  /** The most since the last reset(). */
  peak(): number {
    return this.read('VmHWM')
  }

  /** proc(5): 5 resets the peak to what there is. */
  reset(): void {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5')
  }

  private read(name: string): number {
    const [, kibibytes] = new RegExp(`${name}:\\s+(\\d+)`).exec(file(this.pid, 'status')) ?? []
    return Number(kibibytes ?? NaN) * 1024
  }
}

/** Nothing, if another one was about as busy. */
async function busiest({ page }: PageRemote): Promise<number | undefined> {
  const browser = page.browser().process()?.pid ?? 0
  const before = timesBelow(browser)
  await page.evaluate(`{ const end = performance.now() + ${SPIN}; while (performance.now() < end); }`)
  const after = timesBelow(browser)
  const grown = [...before].map(([pid, time]) => ({ pid, growth: (after.get(pid) ?? 0) - time }))
  const [most, next] = grown.sort((a, b) => b.growth - a.growth)
  return most && most.growth > 3 * Math.max(2, next?.growth ?? 0) ? most.pid : undefined
}

/** Processor time, in ticks of 10 ms, of all renderers that descend from a process. */
function timesBelow(ancestor: number): Map<number, number> {
  const processes = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .map((pid) => [pid, statOf(pid)] as const),
  )
  const isBelow = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent
    return parent === ancestor || (parent !== undefined && parent > 1 && isBelow(parent))
  }
  const isRenderer = (pid: number) => {
    const command = file(pid, 'cmdline')
    // The browser draws its own windows in a renderer, too.
    return command.includes('--type=renderer') && !command.includes('--top-chrome-webui')
  }
  const renderers = [...processes].filter(([pid]) => isBelow(pid) && isRenderer(pid))
  return new Map(renderers.map(([pid, { time }]) => [pid, time]))
}

/** The command's name, in brackets, may contain anything. */
function statOf(pid: number): { parent: number; time: number } {
  const stat = file(pid, 'stat')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), time: Number(fields[11]) + Number(fields[12]) }
}

/** What the kernel tells of a process; '' when it has ended. */
function file(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}
