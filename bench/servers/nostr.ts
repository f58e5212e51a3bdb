// A nostr relay that knows as much as trystero asks of one: subscriptions by kind and topic, and events that are passed
// on to them and not kept (those kinds are ephemeral, NIP-01 and NIP-16).
import type { WebSocket } from 'ws'
import { serveSockets, type Service } from './service.js'

interface NostrEvent {
  readonly id: string
  readonly kind: number
  readonly tags: readonly (readonly string[])[]
}
interface Filter {
  readonly kinds?: readonly number[]
  readonly '#x'?: readonly string[]
}
type Request = ['EVENT', NostrEvent] | ['REQ', string, ...Filter[]] | ['CLOSE', string]

function matches({ kinds, '#x': topics }: Filter, { kind, tags }: NostrEvent): boolean {
  const isOfTopic = ([name, value]: readonly string[]) => name === 'x' && topics?.includes(value ?? '')
  return (kinds?.includes(kind) ?? true) && (!topics || tags.some(isOfTopic))
}

export function serveNostr(): Promise<Service> {
  const subscriptions = new Map<WebSocket, Map<string, readonly Filter[]>>()

  function publish(event: NostrEvent): void {
    for (const [socket, mine] of subscriptions)
      for (const [id, filters] of mine)
        if (filters.some((filter) => matches(filter, event)))
          socket.send(JSON.stringify(['EVENT', id, event]))
  }

  return serveSockets((socket) => {
    const mine = new Map<string, readonly Filter[]>()
    subscriptions.set(socket, mine)
    socket.on('close', () => subscriptions.delete(socket))
    socket.on('message', (text) => {
      const [type, first, ...filters] = JSON.parse(String(text)) as Request
      if (type === 'EVENT') {
        socket.send(JSON.stringify(['OK', first.id, true, '']))
        publish(first)
      } else if (type === 'REQ') {
        mine.set(first, filters)
        socket.send(JSON.stringify(['EOSE', first]))
      } else mine.delete(first)
    })
  })
}
