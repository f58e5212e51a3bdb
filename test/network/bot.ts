// Run by harness/scene.ts on a host of its own: a bot at the given address, for one group.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Bot, type WebGroupOptions } from '../../src/index.node.js'
import { Agent } from '../mixed/harness/agent.js'
import { answerCalls } from './harness/calls.js'

const [address = '', port, options = '{}'] = process.argv.slice(2)
const server = createServer().listen(Number(port), address)
await once(server, 'listening')
const bot = new Bot({ ...(JSON.parse(options) as WebGroupOptions), server, url: `ws://${address}:${port}` })
answerCalls(new Promise((resolve) => (bot.onWebGroup = (group) => resolve(new Agent(group)))))
