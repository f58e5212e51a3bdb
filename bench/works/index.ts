// All works, in the order of issue and report.
import { bulk } from './bulk.js'
import { joining } from './joining.js'
import { small } from './small.js'
import type { Work } from './work.js'

export const works: readonly Work[] = [...small, ...bulk, ...joining]
