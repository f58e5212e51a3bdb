// What `netflux/sigver` gives.
export { type ErrorCode, type FaultCode, type MisuseCode, NetfluxError } from './core/errors.js'
export { Sigver } from './Sigver.js'
export type { Bus, BusEvents } from './sigver/bus.js'
export { redisBus, type RedisBusOptions } from './sigver/redisBus.js'
export type { ClusterOptions, SigverObserver, SigverOptions, TurnOptions } from './sigverOptions.js'
