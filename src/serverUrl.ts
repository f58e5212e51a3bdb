// The ws(s) URL of an http(s) server, for what listens on it. Called by Sigver.ts and Bot.ts.
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'

/** Undefined until it listens, or when it listens on a pipe. A server that listens everywhere is named by its loopback address. */
export function urlOf(server: HttpServer | HttpsServer): string | undefined {
  const address = server.address()
  if (address === null || typeof address === 'string') return undefined
  const scheme = 'setSecureContext' in server ? 'wss' : 'ws'
  return `${scheme}://${hostOf(address.address)}:${address.port}`
}

function hostOf(address: string): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1'
  return address.includes(':') ? `[${address}]` : address
}
