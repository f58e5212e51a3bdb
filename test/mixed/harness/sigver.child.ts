// Run by sigverProcess.ts: listens at the given port, or at any for 0, and prints it.
import { Sigver } from '../../../src/Sigver.js'

const sigver = new Sigver({ host: '127.0.0.1', port: Number(process.argv[2]) })
await sigver.listen()
console.log(new URL(sigver.url).port)
