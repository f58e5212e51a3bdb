// The bot that keeps documents: whoever is invited into a group loads its document, and writes down what changes.
// Started by server.ts. A document is open while the bot is in its group.
import type { Server } from 'node:http'
import { Awareness } from 'y-protocols/awareness'
import { Bot, type BotOptions, type WebGroup, WebGroupState } from '../../../src/index.node.js'
import { NetfluxProvider } from '../../../src/yjs.js'
import type { DocumentStore } from './store.js'

export interface KeeperOptions extends BotOptions {
  server: Server
  url: string
  signalingServer: string
}

export class Keeper {
  readonly #bot: Bot
  readonly #store: DocumentStore
  readonly #keeping = new Set<Promise<void>>()

  constructor(store: DocumentStore, options: KeeperOptions) {
    this.#store = store
    this.#bot = new Bot(options)
    this.#bot.onWebGroup = (group) => {
      const keeping = this.#keep(group).catch((error: unknown) => {
        console.error(`A document could not be read: ${String(error)}`)
        // Without what was written before, it would tell everybody that there is nothing.
        group.leave()
      })
      this.#keeping.add(keeping)
      void keeping.finally(() => this.#keeping.delete(keeping))
    }
  }

  /** Leaves all groups; resolves when everyone was told and all documents are on disk. */
  async close(): Promise<void> {
    await this.#bot.close()
    await Promise.all(this.#keeping)
  }

  async #keep(group: WebGroup): Promise<void> {
    const stored = await this.#store.load(group.key)
    try {
      if (group.state === WebGroupState.LEFT) return
      const awareness = new Awareness(stored.doc)
      awareness.setLocalState({ user: { name: 'Bot' }, isBot: true })
      const provider = new NetfluxProvider(group, stored.doc, { awareness })
      await untilLeft(group)
      provider.destroy()
      awareness.destroy()
    } finally {
      await this.#store.release(stored)
    }
  }
}

function untilLeft(group: WebGroup): Promise<void> {
  return new Promise((resolve) => {
    group.state$.subscribe((state) => {
      if (state === WebGroupState.LEFT) resolve()
    })
  })
}
