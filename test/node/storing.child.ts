// Run by editorServer.test.ts: writes a character after the other, and prints how many of them are on disk.
import { DocumentStore } from '../../examples/editor/server/store.js'

const [, , folder = '', key = ''] = process.argv
const store = await DocumentStore.open(folder)
const document = await store.load(key)
const text = document.doc.getText('text')
for (;;) {
  text.insert(text.length, 'x')
  await document.saved()
  process.stdout.write(`${text.length}\n`)
}
