// One line that says how we are connected, from what the group and the browser say. Used by main.ts.
// describe() is all there is to it: nothing is remembered that could become untrue.
import { combineLatest, fromEvent, map, merge, type Observable, scan, startWith } from 'rxjs'
import { SignalingState, type WebGroup, WebGroupState } from '#netflux'

export interface Connection {
  readonly kind: 'joining' | 'joined' | 'adrift' | 'offline'
  readonly text: string
}

export interface Facts {
  readonly state: WebGroupState
  /** The connection with the server was lost, or could not be made, and is not back yet. */
  readonly isServerLost: boolean
  readonly isOnline: boolean
  readonly people: number
  readonly bots: number
}

export function describe({ state, isServerLost, isOnline, people, bots }: Facts): Connection {
  const isLost = isServerLost || !isOnline
  const trouble = `${isOnline ? 'not connected to the server' : 'no network'}, trying again`
  const others = company(people, bots)
  if (state === WebGroupState.JOINED && !isLost)
    return { kind: 'joined', text: `Joined, ${others || 'alone so far'}` }
  if (state === WebGroupState.JOINED && others)
    return { kind: 'adrift', text: `Joined, ${others}; ${trouble}` }
  if (state === WebGroupState.JOINING && !isLost) return { kind: 'joining', text: 'Joining' }
  return { kind: 'offline', text: `Offline: ${trouble}` }
}

/** The line of a group, now and whenever it changes. `bots$`: how many of its members are bots. */
export function connectionOf(group: WebGroup, bots$: Observable<number>): Observable<Connection> {
  const isOnline$ = merge(fromEvent(window, 'online'), fromEvent(window, 'offline')).pipe(
    startWith(undefined),
    map(() => navigator.onLine),
  )
  const others$ = merge(group.memberJoin$, group.memberLeave$, group.state$).pipe(
    map(() => Math.max(group.members.length - 1, 0)),
  )
  return combineLatest([group.state$, isServerLost(group), isOnline$, others$, bots$]).pipe(
    map(([state, isServerLost, isOnline, others, bots]) =>
      describe({ state, isServerLost, isOnline, people: Math.max(others - bots, 0), bots }),
    ),
  )
}

/** While it is tried again, the state goes back and forth; lost is lost until the server answers. */
function isServerLost(group: WebGroup): Observable<boolean> {
  return group.signalingState$.pipe(
    scan((isLost, signaling) => {
      if (signaling === SignalingState.CLOSED) return group.state !== WebGroupState.LEFT
      return signaling === SignalingState.CONNECTING && isLost
    }, false),
  )
}

function company(people: number, bots: number): string {
  const names = [
    people === 1 ? '1 other' : people > 1 ? `${people} others` : '',
    bots === 1 ? 'the bot' : bots > 1 ? `${bots} bots` : '',
  ].filter(Boolean)
  return names.length > 0 ? `with ${names.join(' and ')}` : ''
}
