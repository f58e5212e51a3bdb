// Run by harness/scene.ts on a host of its own: one member, which does what the test calls.
import { WebGroup, type WebGroupOptions } from '../../src/index.node.js'
import { Agent } from '../mixed/harness/agent.js'
import { answerCalls } from './harness/calls.js'

const options = JSON.parse(process.argv[2] ?? '{}') as WebGroupOptions
answerCalls(new Agent(new WebGroup(options)))
