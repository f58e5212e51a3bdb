// What a bundler gets to see of a rendering server's code.
import { Bot, WebGroup } from 'netflux'

console.log(typeof WebGroup, typeof Bot)
