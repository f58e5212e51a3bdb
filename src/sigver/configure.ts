// Where settings come from: flags, else the environment, else the configuration file, else the defaults of the table.
// Called by command.ts. Whatever is wrong becomes one WrongSetting that names where it stood, and no secret.
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { messageOf } from '../io/connection.js'
import {
  flagOf,
  isSettingName,
  type SettingName,
  settingNames,
  settingOf,
  type Settings,
  variableOf,
} from './settings.js'
import { WrongValue } from './values.js'

/** One line, for the operator. */
export class WrongSetting extends Error {
  override readonly name = 'WrongSetting'
}

const CONFIG = 'config'

/** Flags that come beside the settings: no variable or key of their own is unknown. */
const otherVariables = [variableOf(CONFIG)]

export function addSettings(command: Command, names: readonly SettingName[]): void {
  for (const name of names) command.addOption(optionOf(name))
  command.addOption(
    new Option('--config <file>', 'JSON file with settings; its keys are named as maxRooms').env(
      variableOf(CONFIG),
    ),
  )
}

/** @throws WrongSetting */
export function settingsOf(command: Command, environment: NodeJS.ProcessEnv): Settings {
  const unknown = Object.keys(environment).find((name) => name.startsWith('SIGVER_') && !variables.has(name))
  if (unknown) throw new WrongSetting(`there is no setting ${unknown}, which the environment has`)
  const file = textsOf(command, CONFIG, environment)?.texts[0]
  const keys = file === undefined ? {} : keysIn(file)
  for (const name of settingNames) {
    const raw = keys[name]
    if (raw !== undefined && !textsOf(command, name, environment))
      command.setOptionValueWithSource(name, raw, 'config')
  }
  const entries = settingNames.map((name) => [name, valueOf(command, name, environment, file)])
  // Each value was made by the parser of its own name.
  return Object.fromEntries(entries) as Settings
}

/** What may be shown: secrets are not. */
export function shown(settings: Settings): Readonly<Record<string, unknown>> {
  const entries = settingNames.map((name) => {
    const value = settings[name]
    return [name, settingOf(name).isSecret && value !== undefined ? '(secret)' : value]
  })
  return Object.fromEntries(entries)
}

const variables: ReadonlySet<string> = new Set([...settingNames.map(variableOf), ...otherVariables])

function optionOf(name: SettingName): Option {
  const { help, placeholder, isList, fallback, unset } = settingOf(name)
  const fallbackText = unset ?? (placeholder !== undefined && fallback !== undefined ? String(fallback) : '')
  const option = new Option(
    placeholder === undefined ? flagOf(name) : `${flagOf(name)} <${placeholder}>`,
    fallbackText === '' || (isList === undefined && fallback === '' && !unset)
      ? help
      : `${help} (default: ${fallbackText})`,
  ).env(variableOf(name))
  if (isList) option.argParser((text, before: readonly string[] = []) => [...before, text])
  return option
}

interface Found {
  readonly where: string
  readonly texts: readonly string[]
}

/** Commander knows which source has precedence. Here it is asked what that source said, before any parsing. */
function textsOf(
  command: Command,
  name: string,
  environment: NodeJS.ProcessEnv,
  file = '',
): Found | undefined {
  const value: unknown = command.getOptionValue(name)
  const isList = isSettingName(name) && settingOf(name).isList
  switch (command.getOptionValueSource(name)) {
    case 'cli':
      return { where: flagOf(name), texts: isList ? asTexts(value) : asTexts(value).slice(-1) }
    case 'env': {
      // An empty variable is what compose files make of one that is not set.
      const text = environment[variableOf(name)]
      if (!text) return undefined
      return { where: variableOf(name), texts: isList ? text.split(',').map((part) => part.trim()) : [text] }
    }
    case 'config':
      return { where: `"${name}" in ${file}`, texts: asTexts(value) }
  }
  return undefined
}

const asTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).map(String)

function valueOf(command: Command, name: SettingName, environment: NodeJS.ProcessEnv, file = ''): unknown {
  const { parse, fallback, isSecret, isList } = settingOf(name)
  const found = textsOf(command, name, environment, file)
  if (!found) return fallback
  const { where, texts } = found
  if (!isList && texts.length > 1) throw new WrongSetting(`${where}: only one value is possible`)
  try {
    return parse(texts)
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error
    throw new WrongSetting(`${where}${isSecret ? '' : ` is ${quoted(texts)}`}: ${error.message}`)
  }
}

const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(', ')

function keysIn(file: string): Readonly<Record<string, unknown>> {
  const keys = parsed(file)
  for (const [key, value] of Object.entries(keys)) {
    if (!isSettingName(key)) throw new WrongSetting(`there is no setting "${key}", which ${file} has`)
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!values.every((each) => ['string', 'number', 'boolean'].includes(typeof each)))
      throw new WrongSetting(
        `"${key}" in ${file}: it is not text, a number, true or false, or a list of them`,
      )
  }
  return keys
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new WrongSetting(`the configuration file cannot be read: ${messageOf(error)}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message would quote what it found, and that may be a secret.
    throw new WrongSetting(`${file} is not JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WrongSetting(`${file} is not a JSON object`)
  return { ...value }
}
