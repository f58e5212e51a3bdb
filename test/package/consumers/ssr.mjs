// Prints which globals of browsers are touched while the package is imported, as a rendering server would:
// Node's entry, and the browsers' one, which some frameworks load on the server, too.
const touched = new Set()
const names = [
  'window',
  'self',
  'document',
  'location',
  'navigator',
  'localStorage',
  'sessionStorage',
  'indexedDB',
]
const more = ['WebSocket', 'RTCPeerConnection', 'RTCDataChannel', 'addEventListener', 'postMessage']
for (const name of [...names, ...more]) {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      touched.add(name)
      return undefined
    },
  })
}
// The package's own imports, not those of its peers.
await import('yjs')
await import('y-protocols/awareness')
await import('rxjs')
touched.clear()

await import('netflux')
await import('./node_modules/netflux/dist/esm/index.browser.js')
await import('./node_modules/netflux/dist/esm/yjs.browser.js')
console.log(JSON.stringify([...touched]))
