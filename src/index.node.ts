// What Node processes get.
export { Bot, type BotOptions } from './Bot.js'
export * from './exports.js'
export { WebGroup } from './NodeWebGroup.js'
