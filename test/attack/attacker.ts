// The process of the attacker: is told the name of an attack and whom to attack, does it, and tells what came of it.
import { type Attack, attacks } from './attacks.js'

process.on('message', (order: { readonly attack: string; readonly port: number; readonly more: unknown }) => {
  const attack: Attack | undefined = attacks[order.attack]
  if (!attack) throw new Error(`there is no attack "${order.attack}"`)
  void attack({ port: order.port }, order.more).then((outcome) => process.send?.(outcome))
})
process.send?.('ready')
