// Run by apiObservables.test.ts: every handler and subscriber throws, and the group works all the same.
// Prints how many errors reached the process, where the environment reports what nobody catches.
import { Bot } from '../../src/index.node.js'
import { Stage, until } from './apiStage.js'

const thrown = new Map<string, number>()
process.on('uncaughtException', ({ message }) => thrown.set(message, (thrown.get(message) ?? 0) + 1))
const fail = (name: string) => () => {
  throw new Error(name)
}

const stage = await Stage.begin()
const [a, b] = [stage.group(), stage.group()]
for (const group of [a, b]) {
  for (const name of ['onMyId', 'onStateChange', 'onSignalingStateChange', 'onMemberJoin'] as const)
    group[name] = fail(name)
  for (const name of ['onMemberLeave', 'onError'] as const) group[name] = fail(name)
  group.state$.subscribe(fail('state$'))
  group.memberJoin$.subscribe(fail('memberJoin$'))
  group.message$.subscribe(fail('message$'))
  group.error$.subscribe(fail('error$'))
}
await a.join('a key')
await b.join('a key')
await until(() => a.members.length === 2 && b.members.length === 2, 'both members')

let heard = 0
b.onMessage = () => {
  heard++
  throw new Error('onMessage')
}
for (let i = 0; i < 5; i++) a.send(`${i}`)
await until(() => heard === 5, 'all messages')

// One that throws when it is asked refuses; one that throws when it is told does not.
const server = await stage.http()
const refusing = await stage.bot({ accept: fail('accept') })
await a.invite(refusing.url).catch(() => {})
const bot = new Bot({ ...stage.options, server })
bot.onWebGroup = fail('onWebGroup')
await a.invite(bot.url)
await until(() => a.members.length === 3 && b.members.length === 3, 'the bot')

b.leave()
await until(() => thrown.has('onMemberLeave'), 'the leave')
a.leave()
await bot.close()
await stage.end()
await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify(Object.fromEntries(thrown)))
