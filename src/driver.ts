// Runs one core on one port: one input in, all its outputs performed, then the next; the user is called at the very end.
// So send() or leave() inside a handler find a core at rest. Called by WebGroup.ts and Bot.ts.
import type { Core, Event, Input, Output } from './core/contract.js'
import type { Port } from './io/port.js'
import { logInput, logOutput } from './log.js'

export class Driver {
  private readonly inputs: Input[] = []
  private events: Event[] = []
  private isHandling = false
  private isTelling = false
  private holds = 0

  constructor(
    private readonly core: Core,
    private readonly port: Port,
    private readonly tell: (event: Event) => void,
    private readonly handOver: (output: Output & { do: 'hand-over' }) => void = () => {},
    /** Hears of each event at once, in the middle of the handling; `tell` hears of it when the user may. */
    private readonly note: (event: Event) => void = () => {},
  ) {
    port.start((input) => this.submit(input))
  }

  /** Handles the input at once, or after the one that is being handled. */
  submit(input: Input): void {
    this.inputs.push(input)
    if (this.isHandling) return
    this.isHandling = true
    for (let next = this.inputs.shift(); next; next = this.inputs.shift()) {
      logInput(next)
      for (const output of this.core.handle(next, this.port.now())) this.perform(output)
    }
    this.isHandling = false
    this.tellAll()
  }

  /** While `action` runs, events wait: handlers can be set before anything is told. */
  holding(action: () => void): void {
    this.holds += 1
    try {
      action()
    } finally {
      this.holds -= 1
      this.tellAll()
    }
  }

  /** Events that were not told yet and shall not be told any more. */
  withdraw(isVoid: (event: Event) => boolean): void {
    this.events = this.events.filter((event) => !isVoid(event))
  }

  private perform(output: Output): void {
    logOutput(output)
    switch (output.do) {
      case 'tell':
        this.events.push(output.event)
        return this.note(output.event)
      case 'turn':
        return this.port.endOfTurn(() => this.submit({ on: 'turn' }))
      case 'hand-over':
        return this.handOver(output)
      // Sigver's own (src/Sigver.ts): nobody listens here.
      case 'note':
      case 'publish':
      case 'authenticate':
        return
      default:
        this.port.perform(output)
    }
  }

  private tellAll(): void {
    if (this.isTelling || this.holds > 0) return
    this.isTelling = true
    for (let event = this.events.shift(); event; event = this.events.shift()) this.tell(event)
    this.isTelling = false
  }
}
