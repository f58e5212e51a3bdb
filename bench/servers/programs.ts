// Servers that libraries bring along: peerjs' as a module, those of Netflux 4 and y-webrtc as programs of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Sigver } from '../../src/Sigver.js'
import { freePort } from '../../test/freePort.js'
import type { Service } from './service.js'

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))

export async function serveSigver(): Promise<Service> {
  const sigver = new Sigver({ host: '127.0.0.1', port: 0 })
  await sigver.listen()
  return { url: sigver.url, close: () => sigver.close() }
}

export async function servePeerServer(): Promise<Service> {
  const { PeerServer } = await import('peer')
  const server = await new Promise<Server>((resolve) =>
    PeerServer({ host: '127.0.0.1', port: 0, path: '/', allow_discovery: true }, resolve),
  )
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const serveSigver4 = (): Promise<Service> =>
  run((port) => ({ args: [`${modules}sigver/dist/server.js`, '-h', '127.0.0.1', '-p', String(port)] }))

export const serveYWebrtc = (): Promise<Service> =>
  run((port) => ({
    args: [`${modules}y-webrtc/bin/server.js`],
    env: { PORT: String(port), HOST: '127.0.0.1' },
  }))

type Program = (port: number) => { args: string[]; env?: Record<string, string> }

async function run(program: Program): Promise<Service> {
  const port = await freePort()
  const { args, env } = program(port)
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...env } })
  await untilListening(port, child)
  return { url: `ws://127.0.0.1:${port}`, close: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

/** They do not say when they listen. */
async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('a server did not start')
}
