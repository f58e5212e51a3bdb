// What a work is: something that several contenders do, one after another in each run, and figures that come of it.
import type { Name } from '../libraries.js'
import type { Stage } from '../stage/stage.js'

/** A library, and how it is used where there are several ways. */
export interface Contender {
  readonly id: string
  readonly library: Name
  readonly title: string
}

export interface Target {
  /** What ours is compared with: the best of these contenders in each run; none for an absolute bound. */
  readonly against: readonly string[]
  /** Whose figures are meant. */
  readonly of: string
  readonly bound: number
  /** Of another figure than its own: round trips under load are compared with quiet ones. */
  readonly figure?: string
}

export interface Figure {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly targets: readonly Target[]
  /** Whose figure is 1.0 in the column of ratios. */
  readonly reference?: string
}

/** What one contender did in one run. A figure is missing if it could not be measured. */
export interface Sample {
  readonly figures: Readonly<Record<string, number>>
  readonly lost?: number
  readonly note?: string
}

export interface Work {
  readonly name: string
  readonly title: string
  /** How it is measured: stands above its table. */
  readonly text: string
  readonly contenders: readonly Contender[]
  readonly figures: readonly Figure[]
  /** Part of --quick. */
  readonly isMain: boolean
  /** One measurement of one contender may take so long, in milliseconds. */
  readonly deadline: number
  /** At most so many runs, for what takes minutes. */
  readonly mostRuns?: number
  measure(contender: Contender, scene: Scene): Promise<Sample>
}

export interface Scene {
  readonly stage: Stage
  /** Smaller amounts, for a first look. */
  readonly isQuick: boolean
}

export const plain = (library: Name, title: string): Contender => ({ id: library, library, title })
