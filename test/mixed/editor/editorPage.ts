// The editor in one window, as who uses it sees it: the text, the line of state, the list of members.
import type { Page } from 'puppeteer-core'

/** What takes longer than this has failed: the longest is a server that comes back while its pages wait to try again. */
const DEADLINE = 45_000

export interface Row {
  readonly name: string
  /** `me`, or how it is reached. */
  readonly kind: string
  readonly reach: string
  readonly rtt: string
  readonly isBot: boolean
}

export interface Sight {
  readonly text: string
  readonly kind: string
  readonly line: string
  readonly rows: readonly Row[]
  /** Names at the cursors of others. */
  readonly cursors: readonly string[]
}

export class EditorPage {
  constructor(readonly page: Page) {}

  async type(text: string): Promise<void> {
    await this.page.focus('.cm-content')
    await this.page.keyboard.type(text)
  }

  async rename(name: string): Promise<void> {
    // No click: the field moves when members come.
    await this.page.$eval('#my-name', (field) => field instanceof HTMLInputElement && field.select())
    await this.page.keyboard.type(name)
    await this.until(`my name ${name}`, ({ rows }) =>
      rows.some((row) => row.kind === 'me' && row.name === name),
    )
  }

  /** Without named functions: the compiler adds to them what a page does not have. */
  see(): Promise<Sight> {
    return this.page.evaluate(() => ({
      text: [...document.querySelectorAll('.cm-line')]
        .map((line) =>
          [...line.childNodes]
            .filter(
              (node) => !(node instanceof Element && node.matches('.cm-ySelectionCaret, .cm-placeholder')),
            )
            .map((node) => node.textContent)
            .join(''),
        )
        .join('\n'),
      kind: document.getElementById('connection')?.dataset.kind ?? '',
      line: document.querySelector('#connection .text')?.textContent ?? '',
      rows: [...document.querySelectorAll('.member')].map((row) => ({
        name: row.querySelector('.name')?.textContent ?? '',
        kind: row.getAttribute('data-kind') ?? '',
        reach: row.querySelector('.kind')?.textContent ?? '',
        rtt: row.querySelector('.rtt')?.textContent ?? '',
        isBot: row.classList.contains('is-bot'),
      })),
      cursors: [...document.querySelectorAll('.cm-ySelectionInfo')].map((name) => name.textContent ?? ''),
    }))
  }

  /** Looks until it is so; what it sees then. */
  async until(what: string, isSo: (sight: Sight) => boolean): Promise<Sight> {
    const end = performance.now() + DEADLINE
    for (;;) {
      const sight = await this.see()
      if (isSo(sight)) return sight
      if (performance.now() > end) throw new Error(`waited in vain for ${what}; saw ${JSON.stringify(sight)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  reads(text: string): Promise<Sight> {
    return this.until(`the text ${JSON.stringify(text)}`, (sight) => sight.text === text)
  }

  /** So many others and a bot or none, all of them linked with this page directly. */
  joined(others: number, bots = 1): Promise<Sight> {
    return this.until(`${others} others and ${bots} bots`, ({ kind, rows }) => {
      const there = rows.filter(({ isBot }) => isBot).length
      const isDirect = rows.every((row) => row.kind !== 'relayed' && row.kind !== 'none')
      return kind === 'joined' && there === bots && rows.length === 1 + others + bots && isDirect
    })
  }
}
