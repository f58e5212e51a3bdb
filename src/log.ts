// What setLogLevel() turns on: one line on the console per event of a category. Called by driver.ts.
// The chosen levels are the only state of the library outside instances: Netflux 4's function is global.
import type { Event, Input, Output } from './core/contract.js'

/** Categories of setLogLevel(). */
export enum LogLevel {
  DEBUG = 0,
  WEB_GROUP = 1,
  WEBRTC = 2,
  CHANNEL = 3,
  TOPOLOGY = 4,
  SIGNALING = 5,
  CHANNEL_BUILDER = 6,
}

const chosen = new Set<LogLevel>()

/** Writes what happens to the console. Without arguments: silence, which is the default. DEBUG is everything. */
export function setLogLevel(...levels: LogLevel[]): void {
  chosen.clear()
  for (const level of levels) chosen.add(level)
}

const inputLevels: Partial<Record<Input['on'], LogLevel>> = {
  opened: LogLevel.CHANNEL,
  closed: LogLevel.CHANNEL,
  described: LogLevel.WEBRTC,
  candidates: LogLevel.WEBRTC,
  join: LogLevel.WEB_GROUP,
  leave: LogLevel.WEB_GROUP,
}

const outputLevels: Partial<Record<Output['do'], LogLevel>> = {
  dial: LogLevel.CHANNEL_BUILDER,
  offer: LogLevel.CHANNEL_BUILDER,
  answer: LogLevel.CHANNEL_BUILDER,
  settle: LogLevel.WEBRTC,
  close: LogLevel.CHANNEL,
}

const eventLevels: Partial<Record<Event['type'], LogLevel>> = {
  state: LogLevel.WEB_GROUP,
  topologyState: LogLevel.TOPOLOGY,
  myId: LogLevel.WEB_GROUP,
  error: LogLevel.WEB_GROUP,
  signalingState: LogLevel.SIGNALING,
  memberJoin: LogLevel.TOPOLOGY,
  memberLeave: LogLevel.TOPOLOGY,
}

export function logInput(input: Input): void {
  if (chosen.size > 0) write(inputLevels[input.on], input)
}

export function logOutput(output: Output): void {
  if (chosen.size === 0) return
  if (output.do === 'tell') write(eventLevels[output.event.type], output.event)
  else write(outputLevels[output.do], output)
}

function write(level: LogLevel = LogLevel.DEBUG, what: object): void {
  if (chosen.has(level) || chosen.has(LogLevel.DEBUG)) console.log(`netflux ${LogLevel[level]}`, what)
}
