// Where a member in Node may be sent by others: a peer's URL must not make it knock at doors inside its own network.
// Used by the Node port for dials with trust 'peer'. The name is resolved once, and the dial is held to what came out.
import { lookup as dnsLookup } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { checkPeerUrl } from './url.js'

export interface AddressPolicy {
  readonly allowPrivateAddresses?: boolean
  /** Ranges in which this member's own Sigver lies are allowed: then the group lives there. */
  readonly signalingServer?: string
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

const resolveName: Resolve = (host) => dnsLookup(host, { all: true })

/** The addresses at which this URL may be dialled. Throws the reason if there are none. */
export async function allowedAddresses(
  text: string,
  policy: AddressPolicy,
  resolve: Resolve = resolveName,
): Promise<readonly LookupAddress[]> {
  const addresses = await addressesOf(checkPeerUrl(text), resolve)
  if (policy.allowPrivateAddresses) return addresses
  const isPublic = ({ address }: LookupAddress) => kindOf(address) === undefined
  if (addresses.every(isPublic)) return addresses
  const own = await ownKinds(policy.signalingServer, resolve)
  const allowed = addresses.filter(({ address }) => isAllowed(kindOf(address), own))
  if (allowed.length > 0) return allowed
  const found = addresses.map(({ address }) => `${address} (${kindOf(address)})`).join(', ')
  throw new Error(`a peer's URL leads to ${found}: refused`)
}

/** For `ws`: whatever name is asked for, these addresses are the answer. */
export function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses
    if (!first) callback(new Error('no address'), '')
    else if (options.all) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}

/** What kind of special address this is; undefined: a public one. Unknown kinds are special too. */
export function kindOf(address: string): string | undefined {
  const parsed = embedded(ipaddr.process(address))
  const range = parsed.range()
  return range === 'unicast' ? undefined : (KINDS[range] ?? range)
}

/** Ranges that are the same thing seen from a member: its own machine, its own network. */
const KINDS: Partial<Record<string, string>> = {
  unspecified: 'loopback',
  uniqueLocal: 'private',
  carrierGradeNat: 'private',
  deprecatedSiteLocal: 'private',
}

/** Nobody can be dialled there, wherever Sigver is. */
const NEVER = new Set(['multicast', 'broadcast'])

const isAllowed = (kind: string | undefined, own: ReadonlySet<string | undefined>): boolean =>
  kind === undefined || (own.has(kind) && !NEVER.has(kind))

/** IPv6 addresses that stand for an IPv4 one are judged by that. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  const bytes = address.toByteArray()
  switch (address.range()) {
    case 'rfc6052': // NAT64
    case 'rfc6145':
      return ipaddr.fromByteArray(bytes.slice(12))
    case '6to4':
      return ipaddr.fromByteArray(bytes.slice(2, 6))
    default:
      return address
  }
}

async function addressesOf(url: URL, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family) return [{ address: host, family }]
  const addresses = await resolve(host)
  if (addresses.length === 0) throw new Error(`${host} has no address`)
  return addresses
}

async function ownKinds(
  signalingServer: string | undefined,
  resolve: Resolve,
): Promise<ReadonlySet<string | undefined>> {
  if (signalingServer === undefined) return new Set()
  try {
    const addresses = await addressesOf(new URL(signalingServer), resolve)
    return new Set(addresses.map(({ address }) => kindOf(address)))
  } catch {
    return new Set()
  }
}
