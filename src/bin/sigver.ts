// The command `sigver`: runs a signaling server until it is told to stop.
import { InvalidArgumentError, program } from 'commander'
import { pino } from 'pino'
import { messageOf } from '../io/connection.js'
import { Sigver } from '../Sigver.js'

interface Flags {
  readonly host?: string
  readonly port: number
}

program
  .name('sigver')
  .description('Signaling server of Netflux: introduces the members of a group to each other.')
  .option('--host <address>', 'where to listen (default: everywhere)')
  .option('--port <number>', 'where to listen, 0 for any free port', portFrom, 8080)
  .action(run)
void program.parseAsync()

async function run(flags: Flags): Promise<void> {
  const log = pino({
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  })
  const sigver = new Sigver(flags)
  await sigver.listen().catch((error: unknown) => program.error(`sigver: ${messageOf(error)}`))
  log.info({ url: sigver.url }, `Sigver listens at ${sigver.url}`)
  // Once each: the second time the process ends at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sigver.close())
}

function portFrom(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  throw new InvalidArgumentError('It is a number from 0 to 65535.')
}
