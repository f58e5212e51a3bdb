// Upgrade requests to a Sigver and to a bot that share servers with others: whoever asks for a path of theirs, in the
// right way, is let in; everything else is refused; nothing throws, and nothing is left of a socket that went.
import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import * as limits from '../../../src/core/limits.js'
import { Bot } from '../../../src/Bot.js'
import { Sigver } from '../../../src/Sigver.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'
import { ANSWERS, requestOf, serverOfNobody, statusOf, upgradeTo, Wire } from '../upgrade.js'

const HEADS = [new Uint8Array(0), Uint8Array.of(0x82, 0x80, 0, 0, 0, 0), Uint8Array.of(0xff, 0xff, 0xff)]

/** Makes the request and hangs up. Returns the status of the answer. */
function knock(server: Server, input: Uint8Array): number {
  const wire = new Wire()
  const head = HEADS[input.length % HEADS.length] ?? new Uint8Array(0)
  server.emit('upgrade', requestOf(input, wire), wire, Buffer.from(head))
  const status = statusOf(wire)
  wire.destroy()
  return status
}

/** `isOurs`: what the path should be, said in another way than in the code. */
function checkAnswer(server: Server, input: Uint8Array, isOurs: (path: string) => boolean): void {
  const [, url = ''] = Buffer.from(input).toString('latin1').split('\n')
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  const status = knock(server, input)
  if (isOurs(path)) assert.ok(ANSWERS.includes(status), `${path} is answered with ${status}`)
  else assert.equal(status, 404, `${path} is answered with ${status}`)
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function topicOf(random: Random): string {
  const length = limits.topicLength + (random.once(10) ? random.pick([-1, 1, 100]) : 0)
  const topic = random.list(length, () => LETTERS.charAt(random.below(64))).join('')
  if (!random.once(10)) return topic
  const at = random.below(topic.length)
  return (
    topic.slice(0, at) +
    random.pick(['/', '%', '.', ' ', '\0', 'é', '+', '%41', '?', '#']) +
    topic.slice(at + 1)
  )
}

const isTopic = (text: string): boolean =>
  text.length === limits.topicLength && [...text].every((letter) => LETTERS.includes(letter))

const sigverServer = serverOfNobody()
let sigver: Sigver | undefined
const listening = (): Server => {
  sigver ??= new Sigver({ server: sigverServer, path: '/signaling' })
  return sigverServer
}

const SIGVER_PREFIXES = [
  '/signaling',
  '/signaling/',
  '',
  '/',
  '//signaling/',
  '/signaling/../',
  'http://x/signaling/',
] as const

export const upgradesOfSigver: Target = {
  name: 'upgrades-of-sigver',
  valid(random) {
    const prefix = random.once(6) ? random.pick(SIGVER_PREFIXES) : '/signaling/'
    const query = random.once(6) ? random.pick(['?', '?x=/', '??', '#x']) : ''
    return upgradeTo(prefix + topicOf(random) + query, random)
  },
  largest: 16_000,
  decode: (input) => knock(listening(), input),
  check(input) {
    const prefix = '/signaling/'
    const isOurs = (path: string) => path.startsWith(prefix) && isTopic(path.slice(prefix.length))
    checkAnswer(listening(), input, isOurs)
  },
  // A socket, its streams and the WebSocket upon it; headers are kept as they are.
  memory: { times: 30, constant: 200_000 },
  weight: 0.3,
  close() {
    void sigver?.close()
    sigver = undefined
  },
}

const botServer = serverOfNobody()
let bot: Bot | undefined
const botListening = (): Server => {
  const url = 'ws://bot.example/a/bot'
  bot ??= new Bot({
    server: botServer,
    url,
    signalingServer: 'ws://sigver.example/',
    perMessageDeflate: true,
  })
  return botServer
}

const BOT_PATHS = [
  '/a/bot',
  '/a/bot/',
  '/a/bot//',
  '/a/bo',
  '/a/bott',
  '//a/bot',
  '/',
  '',
  '/a/bot/x',
  '/A/BOT',
] as const

export const upgradesOfBot: Target = {
  name: 'upgrades-of-bot',
  valid: (random) => upgradeTo(random.once(2) ? '/a/bot' : random.pick(BOT_PATHS), random),
  largest: 16_000,
  decode: (input) => knock(botListening(), input),
  check: (input) => checkAnswer(botListening(), input, (path) => /^\/a\/bot\/*$/.test(path)),
  memory: { times: 30, constant: 200_000 },
  weight: 0.3,
  close() {
    void bot?.close()
    bot = undefined
  },
}
