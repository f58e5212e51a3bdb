// Several Sigvers without sockets on a bus in memory, for the tests of cluster.ts: messages are delivered in order, can be
// lost, and time is set by hand for all of them.
import assert from 'node:assert/strict'
import type { Milliseconds } from '../../src/core/contract.js'
import type { SigverCoreOptions } from '../../src/core/sigver.js'
import { type Announcing, Stage, TOPIC } from './roomsStage.js'

export interface Message {
  readonly from: string
  readonly to: string | undefined
  readonly bytes: Uint8Array
}

export class Instance extends Stage {
  isUp = false

  constructor(
    readonly name: string,
    options: SigverCoreOptions = {},
  ) {
    super({ instance: name, ...options })
  }

  /** A new socket, announced. What it hears waits for heard(). */
  enter(id: number, announcing: Announcing = {}): void {
    this.accept(id, announcing.topic)
    this.announce(id, announcing)
  }

  bus(isUp: boolean): void {
    this.isUp = isUp
    this.handle({ on: 'bus', isUp })
  }
}

export class ClusterStage {
  readonly instances: Instance[] = []
  /** Whether a message is lost. */
  loses: (message: Message) => boolean = () => false
  /** All that was said. */
  readonly said: Message[] = []
  private readonly underway: Message[] = []
  private now: Milliseconds = 0

  constructor(names: readonly string[] = []) {
    for (const name of names) this.start(name)
    this.pass(1_000)
  }

  start(name: string, options: SigverCoreOptions = {}): Instance {
    const instance = new Instance(name, options)
    instance.now = this.now
    instance.publish = (to, bytes) => {
      const message = { from: name, to, bytes: bytes.slice() }
      this.said.push(message)
      if (instance.isUp && !this.loses(message)) this.underway.push(message)
    }
    this.instances.push(instance)
    instance.bus(true)
    this.deliver()
    return instance
  }

  /** As kill -9 does: it says nothing any more. */
  kill(instance: Instance): void {
    this.instances.splice(this.instances.indexOf(instance), 1)
    instance.publish = () => {}
  }

  say(message: Message): void {
    this.underway.push(message)
    this.deliver()
  }

  deliver(): void {
    for (let next = this.underway.shift(); next; next = this.underway.shift()) {
      const { from, to, bytes } = next
      for (const instance of this.instances) {
        if (instance.name === from || !instance.isUp || (to !== undefined && to !== instance.name)) continue
        // What comes in belongs to who hears it.
        instance.handle({ on: 'published', from, bytes: bytes.slice() })
      }
    }
  }

  pass(milliseconds: Milliseconds): void {
    const end = this.now + milliseconds
    while (this.now < end) {
      this.now = Math.min(end, this.now + 50)
      for (const instance of [...this.instances]) instance.pass(this.now - instance.now)
      this.deliver()
    }
  }

  /** The instance whose rooms have the topic: the one that hears what its guests say. */
  ownerOf(topic = TOPIC): Instance {
    const owners = this.instances.filter(({ notes }) => {
      const rooms = notes.filter((note) => note.type === 'room' && note.topic === topic)
      const last = rooms.at(-1)
      return last?.type === 'room' && last.isOpen
    })
    assert.equal(owners.length, 1, `${owners.length} instances have the room`)
    return owners[0] as Instance
  }
}
