// A bus between the worker processes of one machine: what one says, their parent passes on (workers.ts).
// Used by service.ts in a worker that has no other bus.
import type { InstanceName } from '../core/contract.js'
import type { Bus, BusEvents } from './bus.js'

/** What workers and their parent say to each other about it. */
export type BusMessage =
  | { readonly bus: 'open'; readonly me: InstanceName }
  | { readonly bus: 'passed'; readonly bytes: Uint8Array }
  | BusPost

export interface BusPost {
  readonly bus: 'post'
  readonly to: InstanceName | undefined
  readonly bytes: Uint8Array
}

export function isBusMessage(message: unknown): message is BusMessage {
  return typeof message === 'object' && message !== null && 'bus' in message
}

export class ProcessBus implements Bus {
  private events: BusEvents | undefined
  private readonly onMessage = (message: unknown) => {
    if (isBusMessage(message) && message.bus === 'passed') this.events?.message(message.bytes)
  }

  open(me: InstanceName, events: BusEvents): void {
    this.events = events
    process.on('message', this.onMessage)
    this.say({ bus: 'open', me })
    // Not from inside this call.
    setImmediate(() => events.reachable(true))
  }

  publish(to: InstanceName | undefined, bytes: Uint8Array): void {
    this.say({ bus: 'post', to, bytes })
  }

  close(): Promise<void> {
    process.off('message', this.onMessage)
    this.events = undefined
    return Promise.resolve()
  }

  /** Whose parent is gone ends soon itself. */
  private say(message: BusMessage): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => {})
  }
}
