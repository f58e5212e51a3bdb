// `sigver token`: prints a token. Part of the command line in command.ts.
import { type Command, Option } from 'commander'
import { deriveSecrets } from '../core/secrets.js'
import { addSettings, WrongSetting } from './configure.js'
import type { Settings } from './settings.js'
import { signToken } from './tokens.js'
import { appName, duration, type Parse, topicName, WrongValue } from './values.js'

const EXAMPLES = `
Examples:
  $ SIGVER_AUTH_SECRET=... sigver token --app editor                    for every group, for an hour
  $ sigver token --config /etc/sigver.json --app editor --key 'the key of a group' --expires 30d
`

export function addTokenCommand(program: Command): Command {
  const command = program
    .command('token')
    .description('Prints a token for members, signed with --auth-secret.')
  addSettings(command, ['authSecret'])
  return command
    .requiredOption('--app <name>', 'the application that it is for')
    .addOption(new Option('--key <key>', 'only for the group with this key').conflicts('topic'))
    .option('--topic <topic>', 'only for the group with this topic')
    .option('--expires <duration>', 'how long it is good: 90s, 15m, 1h, 30d', '1h')
    .addHelpText('after', EXAMPLES)
}

/** @throws WrongSetting */
export async function printToken({ authSecret }: Settings, command: Command): Promise<void> {
  if (authSecret === undefined) throw new WrongSetting('a token needs --auth-secret')
  const app = option(command, 'app', appName) ?? ''
  const expires = option(command, 'expires', duration) ?? 0
  const key = option(command, 'key', groupKey)
  const topic = key === undefined ? option(command, 'topic', topicName) : deriveSecrets(key).topic
  process.stdout.write((await signToken(authSecret, { app, topic, expires })) + '\n')
}

function option<T>(command: Command, name: string, parse: Parse<T>): T | undefined {
  const text: unknown = command.getOptionValue(name)
  if (text === undefined) return undefined
  try {
    return parse(String(text))
  } catch (error) {
    if (error instanceof WrongValue) throw new WrongSetting(`--${name}: ${error.message}`)
    throw error
  }
}

const groupKey: Parse<string> = (text) => {
  if (text.length > 0 && text.length <= 512) return text
  throw new WrongValue('it is not a key of 1 to 512 characters')
}
