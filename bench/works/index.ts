// All works, in the order of the report.
import { big } from './big.js'
import { bulk } from './bulk.js'
import { fifty } from './fifty.js'
import { growth } from './growth.js'
import { inNode } from './inNode.js'
import { joining } from './joining.js'
import { leaving } from './leaving.js'
import { memberMemory } from './memberMemory.js'
import { roundTrip } from './roundTrip.js'
import { slowReceiver } from './slowReceiver.js'
import { sizes } from './sizes.js'
import { small } from './small.js'
import type { Work } from './work.js'

export const works: readonly Work[] = [
  ...small,
  ...bulk,
  ...big,
  ...roundTrip,
  ...joining,
  ...leaving,
  ...inNode,
  ...slowReceiver,
  ...fifty,
  ...growth,
  ...memberMemory,
  ...sizes,
]
