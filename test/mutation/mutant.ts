// A fault to plant in the core: data only. mutate.ts plants them one by one and asks who notices.

export interface Mutant {
  readonly id: string
  /** In src/core. */
  readonly file: string
  /** What is wrong then, in one line. */
  readonly wrong: string
  /** Has to occur exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** Beginnings of the names of the unit tests to ask first; default: the name of the file. */
  readonly near: readonly string[]
  /** Why nobody can notice. */
  readonly survives?: string
}

type Fault = Pick<Mutant, 'id' | 'wrong' | 'find' | 'replace' | 'survives'>

export function faultsIn(file: string, faults: readonly Fault[], near: readonly string[] = []): Mutant[] {
  return faults.map((fault) => ({ ...fault, file, near: [file.replace('.ts', ''), ...near] }))
}

/** The source with the fault in it; throws if it is not clear where that belongs. */
export function plant({ id, file, find, replace }: Mutant, source: string): string {
  const count = source.split(find).length - 1
  if (count !== 1) throw new Error(`${id}: ${file} has the text to find ${count} times, not once: ${find}`)
  // As a function: a "$" in the replacement means itself.
  return source.replace(find, () => replace)
}
