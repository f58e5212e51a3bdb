// One document while it is open: group, text, editor, members, bot. Made by main.ts for each key.
import type { EditorView } from '@codemirror/view'
import { BehaviorSubject, interval, merge, Subscription } from 'rxjs'
import { Awareness } from 'y-protocols/awareness'
import { Doc } from 'yjs'
import { NetfluxProvider } from '../../../src/yjs.js'
import { BOT_PATH, SIGNALING_PATH } from '../paths.js'
import { type Connection, connectionOf } from './connection.js'
import { createEditor } from './editor.js'
import { Inviter } from './inviter.js'
import type { Me } from './me.js'
import { isBot, type Member, membersOf } from './members.js'

export interface View {
  readonly editor: HTMLElement
  showConnection(connection: Connection): void
  showMembers(members: readonly Member[]): void
  showTitle(title: string): void
}

/** Round-trip times change without an event. */
const REFRESH = 1_000

export class OpenDocument {
  readonly provider: NetfluxProvider
  readonly editor: EditorView
  readonly #doc = new Doc()
  readonly #awareness = new Awareness(this.#doc)
  readonly #inviter: Inviter
  readonly #bots$ = new BehaviorSubject(0)
  readonly #subscription = new Subscription()
  #renamed = 0

  constructor(
    readonly key: string,
    me: Me,
    isInviting: boolean,
    private readonly view: View,
  ) {
    const origin = location.origin.replace(/^http/, 'ws')
    this.setMe(me)
    this.provider = new NetfluxProvider(key, this.#doc, {
      awareness: this.#awareness,
      signalingServer: origin + SIGNALING_PATH,
    })
    const group = this.provider.webGroup
    this.#inviter = new Inviter(group, origin + BOT_PATH, isInviting, () =>
      membersOf(this.provider).some(isBot),
    )
    const text = this.#doc.getText('text')
    this.editor = createEditor(view.editor, text, this.#awareness)
    const showTitle = () => view.showTitle(titleOf(text.toString()))
    text.observe(showTitle)
    showTitle()
    this.#awareness.on('change', this.#showMembers)
    this.#subscription.add(
      merge(group.state$, group.memberJoin$, group.memberLeave$, interval(REFRESH)).subscribe(
        this.#showMembers,
      ),
    )
    this.#subscription.add(
      connectionOf(group, this.#bots$).subscribe((connection) => view.showConnection(connection)),
    )
  }

  /** y-codemirror draws the name at a cursor anew only where the colour differs: it becomes a little transparent. */
  setMe({ name, color, colorLight }: Me): void {
    this.#renamed = (this.#renamed + 1) % 8
    const alpha = (0xff - this.#renamed).toString(16)
    this.#awareness.setLocalStateField('user', { name, color: color + alpha, colorLight })
  }

  setInviting(isInviting: boolean): void {
    this.#inviter.switch(isInviting)
  }

  close(): void {
    this.#subscription.unsubscribe()
    this.#awareness.off('change', this.#showMembers)
    this.#inviter.close()
    this.editor.destroy()
    this.provider.destroy()
    this.#doc.destroy()
  }

  readonly #showMembers = (): void => {
    const members = membersOf(this.provider)
    const bots = members.filter(isBot).length
    if (bots !== this.#bots$.value) this.#bots$.next(bots)
    this.view.showMembers(members)
  }
}

/** The first line that says something, without markdown's signs. */
function titleOf(text: string): string {
  const line = text
    .slice(0, 2_000)
    .split('\n')
    .find((line) => /[\p{L}\p{N}]/u.test(line))
  return (line ?? '')
    .replace(/^[#>*\-\s]+/, '')
    .slice(0, 60)
    .trim()
}
