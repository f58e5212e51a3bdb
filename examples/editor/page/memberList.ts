// Draws the list of members. Called by openDocument.ts whenever something changed, and every second for the times.
import type { LinkInfo } from '#netflux'
import { make } from './dom.js'
import type { Member } from './members.js'

const KINDS: Record<LinkInfo['kind'], { name: string; title: string }> = {
  websocket: { name: 'WebSocket', title: 'Reached directly, over a WebSocket' },
  datachannel: { name: 'data channel', title: 'Reached directly, over a WebRTC data channel' },
  relayed: { name: 'relayed', title: 'There is no direct connection: another member passes everything on' },
}

/** Rows stay the same elements while their members stay, so that they can be hovered and selected. */
export function drawMembers(list: HTMLElement, members: readonly Member[]): void {
  const rows = new Map([...list.children].map((row) => [row.getAttribute('data-id'), row]))
  const wanted = members.map((member) => {
    const row = rows.get(String(member.id)) ?? make('li', 'member')
    draw(row, member)
    return row
  })
  const isSame =
    wanted.length === list.children.length && wanted.every((row, at) => row === list.children[at])
  if (!isSame) list.replaceChildren(...wanted)
}

function draw(row: Element, member: Member): void {
  const [kind, title] = reach(member)
  const rtt = member.link?.rtt === undefined ? '' : `${Math.max(1, Math.round(member.link.rtt))} ms`
  const look = JSON.stringify([member.name, member.color, member.isMe, member.isBot, kind, rtt])
  if (row.getAttribute('data-look') === look) return
  row.setAttribute('data-look', look)
  row.setAttribute('data-id', String(member.id))
  row.setAttribute('data-kind', member.isMe ? 'me' : (member.link?.kind ?? 'none'))
  row.classList.toggle('is-bot', member.isBot)
  row.replaceChildren(
    avatar(member),
    make('span', 'who', make('span', 'name', member.name), badge(member)),
    make('span', 'reach', titled(make('span', 'kind', kind), title), make('span', 'rtt', rtt)),
  )
}

function reach({ isMe, link }: Member): [name: string, title: string] {
  if (isMe) return ['this tab', 'This is you']
  if (!link) return ['connecting', 'Not reached yet']
  return [KINDS[link.kind].name, KINDS[link.kind].title]
}

function badge({ isMe, isBot }: Member): Node | string {
  if (isMe) return make('span', 'badge', 'you')
  return isBot
    ? titled(make('span', 'badge', 'keeps the text'), 'A program that stays when the people go')
    : ''
}

function avatar({ name, color, isBot }: Member): HTMLElement {
  const circle = make('span', 'avatar', isBot ? '' : initials(name))
  circle.style.setProperty('--color', color)
  circle.setAttribute('aria-hidden', 'true')
  return circle
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
}

function titled(element: HTMLElement, title: string): HTMLElement {
  element.title = title
  return element
}
