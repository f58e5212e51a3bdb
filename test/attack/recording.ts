// What a real member says to Sigver: it joins through a listener that writes its frames down.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

export interface Recording {
  readonly path: string
  /** In hex. */
  readonly frames: string[]
}

export class Recorder {
  readonly recording: { path: string; frames: string[] } = { path: '', frames: [] }
  private readonly server = new WebSocketServer({ port: 0, host: '127.0.0.1' })

  constructor(private readonly url: string) {
    this.server.on('connection', (socket, { url: path = '' }) => this.pass(socket, path))
  }

  async listens(): Promise<string> {
    if (!this.server.address()) await once(this.server, 'listening')
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  end(): void {
    this.server.close()
  }

  private pass(socket: WebSocket, path: string): void {
    this.recording.path = path
    const onward = new WebSocket(this.url + path)
    const waiting: Buffer[] = []
    socket.on('message', (frame: Buffer) => {
      this.recording.frames.push(frame.toString('hex'))
      if (onward.readyState === onward.OPEN) onward.send(frame)
      else waiting.push(frame)
    })
    onward.on('open', () => {
      for (const frame of waiting) onward.send(frame)
    })
    onward.on('message', (frame: Buffer) => socket.send(frame))
    socket.on('close', () => onward.close())
    onward.on('close', () => socket.close())
    for (const each of [socket, onward]) each.on('error', () => {})
  }
}
