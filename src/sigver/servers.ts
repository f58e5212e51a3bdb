// The http(s) servers of the command: their limits against slow strangers, and how they listen and end.
// Called by service.ts.
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http'
import { createServer as createSecureServer, type Server as HttpsServer } from 'node:https'
import type { Certificate } from './certificate.js'

export type WebServer = HttpServer | HttpsServer

/** Whoever has not sent a whole request by then is gone; looked at every second. */
const PATIENCE = 5_000

const limited = {
  headersTimeout: PATIENCE,
  requestTimeout: PATIENCE,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: PATIENCE,
  maxHeaderSize: 16_384,
}

export function webServer(certificate: Certificate | undefined, pages: RequestListener): WebServer {
  const server = certificate
    ? createSecureServer({ ...limited, ...secure(certificate), handshakeTimeout: PATIENCE }, pages)
    : createServer(limited, pages)
  // Once it listens, nothing is left to do about an error; without a listener it would end the process.
  return server.on('error', () => {})
}

/** Sockets that are open stay as they are. */
export function renew(server: WebServer, certificate: Certificate): void {
  if ('setSecureContext' in server) server.setSecureContext(secure(certificate))
}

const secure = ({ cert, key }: Certificate) => ({ cert, key, minVersion: 'TLSv1.2' }) as const

export function listen(server: WebServer, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is taken' : error.message
      const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
      reject(new Error(`cannot listen at ${where}: ${why}`))
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

/** Takes no more connections; those that are idle end, others may finish. */
export function close(server: WebServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
