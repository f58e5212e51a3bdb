// The certificate of the command's https server: reads it, checks it, and watches its files. Called by service.ts.
// Files are polled by name, because certbot and Kubernetes change links that lead to them.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { messageOf } from '../io/connection.js'

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly expires: Date
}

/** @throws Error that names the file, in one line */
export function readCertificate(files: CertificateFiles): Certificate {
  const cert = read('certificate', files.cert)
  const key = read('private key', files.key)
  const parsed = attempt(`${files.cert} is not a certificate in PEM form`, () => new X509Certificate(cert))
  const privateKey = attempt(`${files.key} is not a private key in PEM form`, () => createPrivateKey(key))
  if (!parsed.checkPrivateKey(privateKey)) throw new Error(`${files.key} is not the key of ${files.cert}`)
  attempt(`${files.cert} and ${files.key} cannot be used`, () => createSecureContext({ cert, key }))
  return { cert, key, expires: new Date(parsed.validTo) }
}

function read(what: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`the ${what} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function attempt<T>(complaint: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${complaint}: ${messageOf(error)}`, { cause: error })
  }
}

/** Guesses: a new certificate is there long before the old one ends, and its two files are written within a second. */
const LOOK_EVERY = 2_000
const SETTLED_AFTER = 1_000

/** Says that the files are others now. */
export class FileWatch {
  private timer: NodeJS.Timeout | undefined
  private readonly onChange = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.changed, SETTLED_AFTER)
  }

  constructor(
    private readonly files: readonly string[],
    private readonly changed: () => void,
  ) {
    for (const file of files) watchFile(file, { interval: LOOK_EVERY, persistent: false }, this.onChange)
  }

  close(): void {
    clearTimeout(this.timer)
    for (const file of this.files) unwatchFile(file, this.onChange)
  }
}
