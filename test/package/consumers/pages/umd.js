// The UMD build leaves a global.
window.result = Object.keys(window.netflux)
