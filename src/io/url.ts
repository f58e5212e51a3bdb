// The part of the policy for URLs announced by peers that browsers and Node share. Pure.
import * as limits from '../core/limits.js'

/** Throws the reason why a URL that came from the network is not dialled. */
export function checkPeerUrl(text: string): URL {
  if (text.length > limits.url) throw new Error('the URL is too long')
  const url = new URL(text)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new Error(`not a WebSocket URL: ${url.protocol}`)
  if (url.username || url.password) throw new Error('a URL with credentials is not dialled')
  return url
}
