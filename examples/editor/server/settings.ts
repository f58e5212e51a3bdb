// What the environment says about how to run. Called by server.ts; a wrong setting is one clear line.
import { fileURLToPath } from 'node:url'

export interface Settings {
  readonly port: number
  /** undefined: on all addresses of this machine. */
  readonly host: string | undefined
  /** Where documents are kept. */
  readonly folder: string
  /** The origin under which others reach the server (behind a proxy, for example); undefined: localhost. */
  readonly publicUrl: string | undefined
}

/** Something that whoever started the server has to change. The message is all that they need. */
export class SetupError extends Error {}

const DATA = fileURLToPath(new URL('../../../data', import.meta.url))

/** @throws SetupError */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { PORT, HOST, DATA_DIR, PUBLIC_URL } = environment
  return {
    port: PORT ? portOf(PORT) : 8000,
    host: HOST || undefined,
    folder: DATA_DIR || DATA,
    publicUrl: PUBLIC_URL ? originOf(PUBLIC_URL) : undefined,
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new SetupError(`PORT is not a port number: ${text}`)
  return port
}

function originOf(text: string): string {
  const isUrl = /^https?:\/\/./.test(text) && URL.canParse(text)
  if (!isUrl) throw new SetupError(`PUBLIC_URL is not an http:// or https:// URL: ${text}`)
  return new URL(text).origin
}
