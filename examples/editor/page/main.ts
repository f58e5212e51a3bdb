// The page: opens the document whose key is in the address, and does what the buttons say.
import { byId } from './dom.js'
import { currentKey, linkTo, randomKey } from './key.js'
import { readMe, rename, store, stored } from './me.js'
import { drawMembers } from './memberList.js'
import { isBot } from './members.js'
import { OpenDocument, type View } from './openDocument.js'
import { copy } from './share.js'

const INVITE = 'netflux-editor.invite'

const connection = byId('connection', HTMLElement)
const members = byId('members', HTMLElement)
const count = byId('count', HTMLElement)
const keyField = byId('key', HTMLInputElement)
const nameField = byId('my-name', HTMLInputElement)
const hint = byId('bot-hint', HTMLElement)
const inviteSwitch = byId('invite', HTMLInputElement)
const shareButton = byId('share', HTMLButtonElement)

const view: View = {
  editor: byId('editor', HTMLElement),
  showConnection({ kind, text }) {
    connection.dataset.kind = kind
    const line = connection.querySelector('.text')
    // Only what is new is read out by screen readers.
    if (line && line.textContent !== text) line.textContent = text
  },
  showMembers(list) {
    count.textContent = list.length > 0 ? String(list.length) : ''
    drawMembers(members, list)
    hint.textContent = botHint(list.some(isBot))
  },
  showTitle(title) {
    document.title = title ? `${title} · Netflux editor` : 'Netflux editor'
  },
}

let me = readMe()
nameField.value = me.name
inviteSwitch.checked = stored(INVITE) !== 'off'
let open = openCurrent()

function openCurrent(): OpenDocument {
  const key = currentKey()
  keyField.value = key
  const opened = new OpenDocument(key, me, inviteSwitch.checked, view)
  opened.editor.focus()
  return opened
}

addEventListener('hashchange', () => {
  if (currentKey() === open.key) return
  open.close()
  open = openCurrent()
})

byId('open', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const key = keyField.value.trim()
  if (key) location.hash = linkTo(key)
  else keyField.value = open.key
  open.editor.focus()
})
keyField.addEventListener('focus', () => keyField.select())
keyField.addEventListener('blur', () => (keyField.value = open.key))

byId('new', HTMLButtonElement).addEventListener('click', () => (location.hash = linkTo(randomKey())))

shareButton.addEventListener('click', () => void copy(location.href, shareButton))

nameField.addEventListener('input', () => {
  me = rename(me, nameField.value)
  open.setMe(me)
})
nameField.addEventListener('blur', () => (nameField.value = me.name))

inviteSwitch.addEventListener('change', () => {
  store(INVITE, inviteSwitch.checked ? 'on' : 'off')
  open.setInviting(inviteSwitch.checked)
})

function botHint(isThere: boolean): string {
  if (isThere) return 'It is here, and keeps the text when all tabs are closed.'
  if (inviteSwitch.checked) return 'It is not here yet: what you write is in the open tabs only.'
  return 'Without it, what you write is in the open tabs only.'
}
