// A member of a group with a document, for the tests of netflux/yjs.
import * as Y from 'yjs'
import type { WebGroup } from '../../src/index.node.js'
import { NetfluxProvider, type NetfluxProviderOptions } from '../../src/yjs.js'
import { meet, type Stage, until } from './apiStage.js'

export const KEY = 'a document'

export class Writer {
  readonly doc = new Y.Doc()
  readonly provider: NetfluxProvider
  readonly events: string[] = []

  constructor(stage: Stage, group: string | WebGroup = KEY, options: NetfluxProviderOptions = {}) {
    this.provider = new NetfluxProvider(group, this.doc, { ...stage.options, ...options })
    this.provider.on('status', ({ status }) => this.events.push(status))
    this.provider.on('synced', ({ synced }) => this.events.push(synced ? 'synced' : 'not synced'))
    stage.atEnd(() => this.doc.destroy())
  }

  get text(): string {
    return this.doc.getText().toString()
  }

  write(text: string): void {
    this.doc.getText().insert(this.text.length, text)
  }

  reads(text: string): Promise<void> {
    return until(() => this.text === text, `the text "${text.slice(0, 40)}"`)
  }

  get names(): unknown[] {
    return [...this.provider.awareness.getStates().values()].map(({ name }) => name as unknown).sort()
  }

  async sees(...names: string[]): Promise<void> {
    const wanted = names.sort().join()
    await until(() => this.names.join() === wanted, `${wanted} to be there`)
  }

  named(name: string): this {
    this.provider.awareness.setLocalState({ name })
    return this
  }
}

export const inTouch = (...writers: Writer[]): Promise<void> =>
  meet(writers.map(({ provider }) => provider.webGroup))
