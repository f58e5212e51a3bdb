// What many lives came to: how many kept their promises, how fast they were whole again, which transitions they took.
import { declaredTransitions } from './checkers/transitions.js'
import { type Happening, happenings } from './happenings.js'
import type { Verdict } from './life.js'

export class Tally {
  lives = 0
  broken = 0
  private virtual = 0
  private readonly convergences: number[] = []
  private readonly taken = new Set<string>()
  private messages = 0
  /** In how many lives. */
  private readonly happened = new Map<Happening, number>()
  private readonly start = performance.now()

  add(verdict: Verdict): void {
    const { broken, convergence, transitions, messages, lasted } = verdict
    this.lives += 1
    if (broken.length > 0) this.broken += 1
    this.virtual += lasted
    this.convergences.push(convergence)
    for (const transition of transitions) this.taken.add(transition)
    this.messages += messages
    for (const one of verdict.happenings) this.happened.set(one, (this.happened.get(one) ?? 0) + 1)
  }

  /** Declared in the tables, and taken in no life. */
  get untaken(): string[] {
    return [...declaredTransitions].filter((one) => !this.taken.has(one))
  }

  /** In less than a tenth of all lives. */
  get rare(): Happening[] {
    return happenings.filter((one) => (this.happened.get(one) ?? 0) < this.lives / 10)
  }

  line(): string {
    return `${this.lives} lives, ${this.broken} broken, ${this.seconds.toFixed(0)} s`
  }

  summary(): string {
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => this.percentile(share))
    const taken = declaredTransitions.size - this.untaken.length
    const untaken = this.untaken.length > 0 ? ` (never: ${this.untaken.join(', ')})` : ''
    return [
      `${this.lives} lives, ${this.broken} broke a promise`,
      `${(this.virtual / 3_600_000).toFixed(1)} virtual hours in ${this.seconds.toFixed(0)} s`,
      `${this.messages} messages; ${happenings.map((one) => `${one}: ${this.happened.get(one) ?? 0}`).join(', ')}`,
      `whole again after p50 ${p50}, p99 ${p99}, max ${max} ms`,
      `${taken} of ${declaredTransitions.size} declared transitions taken${untaken}`,
    ].join('\n')
  }

  private get seconds(): number {
    return (performance.now() - this.start) / 1_000
  }

  private percentile(share: number): number {
    const sorted = [...this.convergences].sort((a, b) => a - b)
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  }
}
