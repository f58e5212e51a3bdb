// One document on disk: each update is appended at once; now and then all of them become one snapshot.
// Owned by store.ts. What was written survives a killed process and a power cut, for every write is synced.
import type { ClassicLevel } from 'classic-level'
import * as Y from 'yjs'

export type Level = ClassicLevel<string, Uint8Array>

/** Entries that become a snapshot. A guess: some kB of typing, and quick to load. */
const COMPACT_AFTER = 500
/** Until a failed write is tried again, in milliseconds: a full disk needs somebody to help. */
const RETRY = 1_000

export class StoredDocument {
  readonly doc = new Y.Doc()
  readonly name: string

  readonly #level: Level
  /** The entries on disk: numbers from #first to below #next. */
  #first = 0
  #next = 0
  /** What is not on disk yet. */
  #pending: Uint8Array[] = []
  #writing: Promise<void> | undefined
  #isClosing = false

  private constructor(level: Level, name: string) {
    this.#level = level
    this.name = name
  }

  static async load(level: Level, name: string): Promise<StoredDocument> {
    const stored = new StoredDocument(level, name)
    await stored.#read()
    stored.doc.on('update', stored.#append)
    return stored
  }

  /** Resolves when what was changed until now is on disk. */
  async saved(): Promise<void> {
    await this.#writing
  }

  /** Resolves when everything is on disk, or cannot be written. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.doc.off('update', this.#append)
    await this.saved()
    this.doc.destroy()
  }

  async #read(): Promise<void> {
    const range = { gt: `${this.name}/`, lt: `${this.name}0` } // 0 is the character after /
    const entries = await this.#level.iterator(range).all()
    this.doc.transact(() => {
      for (const [, update] of entries) Y.applyUpdate(this.doc, update)
    })
    this.#first = numberOf(entries.at(0)?.[0]) ?? 0
    this.#next = (numberOf(entries.at(-1)?.[0]) ?? -1) + 1
  }

  readonly #append = (update: Uint8Array): void => {
    this.#pending.push(update)
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
  }

  /** What comes during a write goes into the next one, together. */
  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const updates = this.#pending
      this.#pending = []
      try {
        await this.#write(Y.mergeUpdates(updates))
      } catch (error) {
        this.#pending.unshift(...updates)
        console.error(`A document could not be written: ${String(error)}`)
        if (this.#isClosing) return
        await new Promise((resolve) => setTimeout(resolve, RETRY))
      }
    }
  }

  async #write(update: Uint8Array): Promise<void> {
    if (this.#next - this.#first < COMPACT_AFTER) {
      await this.#level.put(this.#entry(this.#next), update, { sync: true })
      this.#next += 1
      return
    }
    const snapshot = Y.encodeStateAsUpdate(this.doc)
    const entries = Array.from({ length: this.#next - this.#first }, (_, index) => this.#first + index)
    const batch = this.#level.batch()
    for (const number of entries) batch.del(this.#entry(number))
    await batch.put(this.#entry(this.#next), snapshot).write({ sync: true })
    this.#first = this.#next
    this.#next += 1
  }

  #entry(number: number): string {
    return `${this.name}/${String(number).padStart(15, '0')}`
  }
}

function numberOf(entry: string | undefined): number | undefined {
  return entry === undefined ? undefined : Number(entry.slice(entry.indexOf('/') + 1))
}
