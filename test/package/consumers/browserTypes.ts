// A user of TypeScript in browsers, with a bundler and without Node's types.
import { WebGroup, WebGroupState } from 'netflux'
import { NetfluxProvider } from 'netflux/yjs'
import { Doc } from 'yjs'

const group = new WebGroup()
group.onStateChange = (state) => console.log(state === WebGroupState.JOINED)
export const all = [group, NetfluxProvider, Doc]
