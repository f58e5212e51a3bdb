// The command `sigver`: runs a signaling server until it is told to stop. All of it is in src/sigver.
import { main } from '../sigver/command.js'

void main(process.argv)
