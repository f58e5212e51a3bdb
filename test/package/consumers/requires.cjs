// Prints what the package's entries export to `require`.
const names = (module) => Object.keys(module).sort()
console.log(
  JSON.stringify({
    netflux: names(require('netflux')),
    sigver: names(require('netflux/sigver')),
    yjs: names(require('netflux/yjs')),
  }),
)
