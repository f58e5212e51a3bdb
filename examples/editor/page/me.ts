// Who I am on this page: a name and a colour. Used by main.ts.
// A name that was chosen is kept in the browser; all else is new each time, so that two tabs can be told apart.

export interface Me {
  readonly name: string
  readonly color: string
  /** Behind selected text: the same, almost transparent. */
  readonly colorLight: string
}

const NAME = 'netflux-editor.name'
const MAX_NAME = 32

/** All readable below white text, and on light and dark pages. */
const COLORS = [
  '#c2410c',
  '#b45309',
  '#4d7c0f',
  '#047857',
  '#0e7490',
  '#1d4ed8',
  '#6d28d9',
  '#a21caf',
  '#be123c',
]
const MOODS = ['Quiet', 'Brave', 'Curious', 'Gentle', 'Merry', 'Patient', 'Quick', 'Sunny', 'Clever', 'Bold']
const ANIMALS = [
  'Otter',
  'Heron',
  'Fox',
  'Badger',
  'Wren',
  'Lynx',
  'Marten',
  'Robin',
  'Hare',
  'Newt',
  'Owl',
  'Seal',
]

export function readMe(): Me {
  const color = pick(COLORS)
  return { name: stored(NAME) ?? `${pick(MOODS)} ${pick(ANIMALS)}`, color, colorLight: `${color}33` }
}

/** An empty name keeps the one before. */
export function rename(me: Me, text: string): Me {
  const name = text.trim().slice(0, MAX_NAME)
  if (!name) return me
  store(NAME, name)
  return { ...me, name }
}

const pick = (list: readonly string[]): string => list[Math.floor(Math.random() * list.length)] ?? ''

/** A page may be shown where nothing can be kept; then everything is as on the first visit. */
export function stored(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    // See above.
  }
}
