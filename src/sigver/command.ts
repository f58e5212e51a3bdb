// The command line of `sigver`: reads its settings, then checks or runs. Called by bin/sigver.ts.
// Exit codes: 0 when it was told to end, 1 when it cannot run, 2 when a setting is wrong.
import cluster from 'node:cluster'
import { constants } from 'node:os'
import { Command } from 'commander'
import type { Logger } from 'pino'
import { messageOf } from '../io/connection.js'
import { checkExpiry, checkTogether } from './checks.js'
import { addSettings, settingsOf, shown, WrongSetting } from './configure.js'
import { createLog } from './logging.js'
import { Service } from './service.js'
import { settingNames, type Settings } from './settings.js'
import { addTokenCommand, printToken } from './tokenCommand.js'
import { packageVersion } from './version.js'
import type { Listening } from './workers.js'
import { WorkersService } from './workersService.js'

const CANNOT_RUN = 1
const WRONG_SETTING = 2

/** Guess: well below the 10 s after which Docker kills, and far above what saying goodbye takes. */
const LONGEST_DRAIN = 8_000

const EXAMPLES = `
Every setting is a flag, an environment variable, or a key of the configuration file; the first of these counts.
In a variable the parts of a list stand between commas.

Examples:
  $ sigver --port 8080                                 for a reverse proxy that does TLS, see docs/deploy.md
  $ sigver --port 443 --tls-cert chain.pem --tls-key key.pem --origin https://example.org
  $ SIGVER_TURN_SECRET=... sigver --turn-url turn:turn.example.org --metrics-port 9090
  $ sigver --config /etc/sigver.json --check
`

export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('sigver')
    .description('Signaling server of Netflux: introduces the members of a group to each other.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_SETTING))
    .configureOutput({ outputError: (text, write) => write(oneLine(text.replace(/^error: /, ''))) })
    .enablePositionalOptions()
    .version(packageVersion(), '--version', 'print the version of the package, and end')
  addSettings(program, settingNames)
  program
    .option('--check', 'look whether all settings are right, and end')
    .addHelpText('after', EXAMPLES)
    .action(() => withSettings(program, run))
  const token = addTokenCommand(program)
  token.action(() => withSettings(token, printToken))
  await program.parseAsync(argv)
}

const oneLine = (text: string): string => `sigver: ${text.trim().replace(/\s*\n\s*/g, ' ')}\n`

/** One line on stderr for whatever is wrong. */
async function withSettings(
  command: Command,
  work: (settings: Settings, command: Command) => Promise<void>,
): Promise<void> {
  try {
    await work(settingsOf(command, process.env), command)
  } catch (error) {
    process.stderr.write(oneLine(messageOf(error)))
    process.exit(error instanceof WrongSetting ? WRONG_SETTING : CANNOT_RUN)
  }
}

async function run(settings: Settings, command: Command): Promise<void> {
  checkTogether(settings)
  if (command.getOptionValue('check') === true) return check(settings)
  const log = await createLog(settings)
  if (settings.workers > 1 && cluster.isPrimary) return runWorkers(settings, log)
  const service = await serviceOf(settings, log)
  log.debug({ settings: shown(settings) }, 'settings')
  await service.start()
  process.on('SIGHUP', () => service.reload())
  endOnSignal(service, log)
  if (cluster.isWorker) return tellParent(service.url)
  const { url, metricsUrl } = service
  log.info({ url, metricsUrl }, `Sigver listens at ${url}`)
}

async function runWorkers(settings: Settings, log: Logger): Promise<void> {
  const workers = new WorkersService(settings, log)
  await workers.start()
  const { url, metricsUrl } = workers
  log.info({ url, metricsUrl, workers: settings.workers }, `Sigver listens at ${url}`)
  process.on('SIGHUP', () => workers.reload())
  endOnSignal(workers, log)
}

/** Whose parent dies has nobody left to work for. */
function tellParent(url: string): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.send?.({ listens: url } satisfies Listening)
}

/** All that can be known without listening. */
async function check(settings: Settings): Promise<void> {
  checkExpiry(settings)
  const log = await createLog({ ...settings, logLevel: 'silent' })
  await (await serviceOf(settings, log)).end()
  process.stdout.write('sigver: all settings are right\n')
}

async function serviceOf(settings: Settings, log: Logger): Promise<Service> {
  try {
    return await Service.create(settings, log)
  } catch (error) {
    throw new WrongSetting(messageOf(error))
  }
}

/** The first signal lets everyone go in peace, the second one ends the process. */
function endOnSignal(service: { end(): Promise<void> }, log: Logger): void {
  let isEnding = false
  // A terminal interrupts workers too; they end when their parent says so.
  if (cluster.isWorker) process.on('SIGINT', () => {})
  for (const signal of cluster.isWorker ? (['SIGTERM'] as const) : (['SIGINT', 'SIGTERM'] as const))
    process.on(signal, () => {
      if (isEnding) process.exit(128 + constants.signals[signal])
      isEnding = true
      log.debug({ signal }, 'goes away')
      setTimeout(() => process.exit(0), LONGEST_DRAIN).unref()
      void service.end().then(() => process.exit(0))
    })
}
