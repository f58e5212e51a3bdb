// What instances of Sigver reach each other through. Implemented by redisBus.ts and processBus.ts; another engine is one
// more such file. Called by Sigver.ts through signedBus.ts, which signs and checks what passes.
import type { InstanceName } from '../core/contract.js'

export interface BusEvents {
  /** Somebody published this, for me or for all. It may be anybody. */
  message(bytes: Uint8Array): void
  /** Whether the others can be reached. At first they cannot. What was published while they could not is lost. */
  reachable(isUp: boolean): void
}

export interface Bus {
  /** Called once. Failures are no errors: the bus tries again for as long as it is open. */
  open(me: InstanceName, events: BusEvents): void
  /** To one instance, or to all. In order, at most once; never throws. The bytes may change as soon as it returns. */
  publish(to: InstanceName | undefined, bytes: Uint8Array): void
  /** When what was published is on its way. Nothing is reported from then on. */
  close(): Promise<void>
}
