// A bot that tells everyone how many are there: `npm run build && node examples/bot.mjs ws://localhost:8080`, where the
// argument is a Sigver. Invite it from a page: `group.invite('ws://localhost:9000')`.
import { createServer } from 'node:http'
import { Bot } from 'netflux'

const signalingServer = process.argv[2] ?? 'ws://localhost:8080'
const server = createServer().listen(9000)
const bot = new Bot({ server, signalingServer })

bot.onError = (error) => console.error(error.message)
bot.onWebGroup = (group) => {
  console.log(`invited, now in ${bot.webGroups.size} groups`)
  group.onMemberJoin = () => group.send(`we are ${group.members.length}`)
  group.onMemberLeave = () => group.send(`we are ${group.members.length}`)
}

process.once('SIGINT', async () => {
  await bot.close()
  server.close()
})
