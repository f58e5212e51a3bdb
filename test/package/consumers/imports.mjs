// Prints what the package's entries export to `import`.
import * as netflux from 'netflux'
import * as sigver from 'netflux/sigver'
import * as yjs from 'netflux/yjs'

const names = (module) => Object.keys(module).sort()
console.log(JSON.stringify({ netflux: names(netflux), sigver: names(sigver), yjs: names(yjs) }))
