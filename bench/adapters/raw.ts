// A raw RTCDataChannel with the smallest signaling there can be: who comes is told who is there, and offers to each.
// The reference of most works. It has no members but those it is linked with. In Node the globals are @roamhq/wrtc's and ws'.
import { bytesOf, type Open, QUEUE, rtcConfiguration } from './peer.js'

interface Signal {
  readonly from: number
  readonly others?: readonly number[]
  readonly description?: RTCSessionDescriptionInit
  readonly candidate?: RTCIceCandidateInit
}

interface Link {
  readonly connection: RTCPeerConnection
  /** Signals are handled one after another: not every implementation queues them itself. */
  handled: Promise<unknown>
}

export const open: Open = (url, room, { onMessage, onChange }) => {
  const links = new Map<number, Link>()
  const channels = new Set<RTCDataChannel>()
  let socket: WebSocket | undefined

  const tell = (to: number, signal: Omit<Signal, 'from'>) => socket?.send(JSON.stringify({ to, ...signal }))

  function use(channel: RTCDataChannel): void {
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = QUEUE
    channel.onmessage = ({ data }) => onMessage(bytesOf(data))
    channel.onopen = () => {
      channels.add(channel)
      onChange()
    }
    channel.onclose = () => {
      channels.delete(channel)
      onChange()
    }
  }

  function linkWith(id: number): Link {
    const known = links.get(id)
    if (known) return known
    const connection = new RTCPeerConnection(rtcConfiguration)
    const link = { connection, handled: Promise.resolve() }
    links.set(id, link)
    connection.onicecandidate = ({ candidate }) => candidate && tell(id, { candidate })
    connection.ondatachannel = ({ channel }) => use(channel)
    return link
  }

  async function offer(id: number): Promise<void> {
    const { connection } = linkWith(id)
    use(connection.createDataChannel('data'))
    const description = await connection.createOffer()
    tell(id, { description })
    await connection.setLocalDescription(description)
  }

  async function take({ connection }: Link, { from, description, candidate }: Signal): Promise<void> {
    if (candidate) await connection.addIceCandidate(candidate)
    if (description) await connection.setRemoteDescription(description)
    if (description?.type !== 'offer') return
    const answer = await connection.createAnswer()
    tell(from, { description: answer })
    await connection.setLocalDescription(answer)
  }

  function hear(signal: Signal): void {
    if (signal.others) return signal.others.forEach((id) => void offer(id))
    const link = linkWith(signal.from)
    link.handled = link.handled.then(() => take(link, signal))
  }

  return {
    join: () => {
      socket = new WebSocket(`${url}/${room}`)
      socket.onmessage = ({ data }) => hear(JSON.parse(String(data)) as Signal)
    },
    sees: () => channels.size,
    linkedWith: () => channels.size,
    broadcast: (data) => channels.forEach((channel) => channel.send(data as Uint8Array<ArrayBuffer>)),
    paced: async (data) => {
      for (const channel of channels) channel.send(data as Uint8Array<ArrayBuffer>)
      for (const channel of channels) if (channel.bufferedAmount > QUEUE) await drained(channel)
    },
    close: () => {
      socket?.close()
      for (const { connection } of links.values()) connection.close()
    },
  }
}

/** @roamhq/wrtc never fires the event, so its queue is looked at. */
function drained(channel: RTCDataChannel): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearInterval(poll)
      channel.onbufferedamountlow = null
      resolve()
    }
    const poll = setInterval(() => {
      if (channel.readyState !== 'open' || channel.bufferedAmount <= QUEUE) done()
    }, 5)
    channel.onbufferedamountlow = done
  })
}
