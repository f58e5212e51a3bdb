// What `netflux/sigver` gives.
export { type ErrorCode, type FaultCode, type MisuseCode, NetfluxError } from './core/errors.js'
export { Sigver } from './Sigver.js'
export type { SigverObserver, SigverOptions, TurnOptions } from './sigverOptions.js'
