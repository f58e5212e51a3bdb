// CodeMirror with the shared text, and the cursors of others. Used by openDocument.ts.
import { defaultKeymap, indentWithTab } from '@codemirror/commands'
import { markdown } from '@codemirror/lang-markdown'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import type { Awareness } from 'y-protocols/awareness'
import { UndoManager, type Text } from 'yjs'

/** Colours are style.css's. */
const highlighting = HighlightStyle.define([
  { tag: tags.heading1, fontSize: '1.6em', fontWeight: '700', lineHeight: '1.3' },
  { tag: tags.heading2, fontSize: '1.3em', fontWeight: '700' },
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.monospace, fontFamily: 'var(--mono)', fontSize: '.9em', color: 'var(--code)' },
  { tag: [tags.link, tags.url], color: 'var(--accent)' },
  { tag: tags.quote, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.processingInstruction, tags.contentSeparator], color: 'var(--faint)' },
])

export function createEditor(parent: HTMLElement, text: Text, awareness: Awareness): EditorView {
  const undoManager = new UndoManager(text)
  return new EditorView({
    doc: text.toString(),
    parent,
    extensions: [
      keymap.of([...yUndoManagerKeymap, ...defaultKeymap, indentWithTab]),
      drawSelection(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Text of the document', spellcheck: 'true' }),
      placeholder('Write here. Whoever opens this link writes along.'),
      markdown(),
      syntaxHighlighting(highlighting),
      yCollab(text, awareness, { undoManager }),
    ],
  })
}
