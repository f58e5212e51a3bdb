// Documents on disk, all in one LevelDB. Used by keeper.ts.
// Keys of groups are not written down, only their hashes: who reads the folder cannot join.
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { SetupError } from './settings.js'
import { type Level, StoredDocument } from './storedDocument.js'

export class DocumentStore {
  readonly #level: Level
  readonly #open = new Set<StoredDocument>()
  /** Documents that are being closed: they have to be on disk before they are read again. */
  readonly #closing = new Map<string, Promise<void>>()

  private constructor(level: Level) {
    this.#level = level
  }

  /** @throws SetupError if the folder cannot be written or is in use */
  static async open(folder: string): Promise<DocumentStore> {
    try {
      await makeFolder(resolve(folder))
      const level: Level = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: 'view' })
      await level.open()
      return new DocumentStore(level)
    } catch (error) {
      throw new SetupError(`Documents cannot be kept in ${folder}: ${reasonOf(error)}`)
    }
  }

  /** The document of a group, with all that was ever written to it. One at a time for each key. */
  async load(key: string): Promise<StoredDocument> {
    const name = createHash('sha256').update(key).digest('hex')
    await this.#closing.get(name)
    const document = await StoredDocument.load(this.#level, name)
    this.#open.add(document)
    return document
  }

  /** Resolves when the document is on disk. */
  async release(document: StoredDocument): Promise<void> {
    const closing = document.close()
    this.#closing.set(document.name, closing)
    await closing
    this.#open.delete(document)
    if (this.#closing.get(document.name) === closing) this.#closing.delete(document.name)
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((document) => this.release(document)))
    await this.#level.close()
  }
}

/** Not `recursive`: with that, Node 20 hangs where a file system refuses folders with "no such file". */
async function makeFolder(folder: string): Promise<void> {
  const error = await tryToMake(folder)
  if (error?.code === 'ENOENT' && dirname(folder) !== folder) {
    await makeFolder(dirname(folder))
    const again = await tryToMake(folder)
    if (again) throw again
  } else if (error && error.code !== 'EEXIST') throw error
}

async function tryToMake(folder: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(folder)
    return undefined
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = (error instanceof Error ? (error.cause ?? error) : error) as NodeJS.ErrnoException
  return code === 'LEVEL_LOCKED' ? 'another process uses it' : message
}
