// The entry `netflux/yjs`.
export {
  NetfluxProvider,
  type NetfluxProviderEvents,
  type NetfluxProviderOptions,
  type ProviderStatus,
} from './yjs/NetfluxProvider.js'
