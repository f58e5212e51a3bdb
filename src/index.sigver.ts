// What `netflux/sigver` gives.
export { type ErrorCode, type FaultCode, type MisuseCode, NetfluxError } from './core/errors.js'
export { Sigver, type SigverOptions } from './Sigver.js'
