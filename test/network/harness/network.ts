// The small internet of one scenario: hosts in network namespaces around one router, some of them behind a NAT.
// Faults are firewall rules of the router and changed addresses; what runs on the hosts never notices but by its sockets.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

/** A machine with one network interface. */
export interface Host {
  /** Its network namespace. */
  readonly space: string
  address: string
  /** The router's interface towards it. */
  readonly port: string
}

const PREFIX = 'netflux'
const ROUTER = 'router'
let networks = 0

// A signal alone would end this process without its `exit`, which removes everything.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

export class Network {
  private readonly name = `${PREFIX}-${process.pid}-${++networks}`
  private readonly spaces: string[] = []
  private readonly cuts = new Set<string>()
  private hosts = 0
  private readonly onExit = () => this.close()

  constructor() {
    sweep()
    process.once('exit', this.onExit)
    this.space(ROUTER)
    this.inside(ROUTER, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
  }

  /** One that everybody can reach. */
  host(): Host {
    const { index, port } = this.next()
    const space = this.space(`host${index}`)
    this.wire(space, 'eth0', ROUTER, port)
    const host = { space, port, address: '' }
    this.addressOf(ROUTER, port, `198.18.${index}.1/24`)
    this.move(host, 2)
    return host
  }

  /** One behind a NAT that takes another outer port for each destination: nobody can guess where to knock. */
  hostBehindNat(): Host {
    const { index, port } = this.next()
    const nat = `nat${index}`
    const space = this.space(`host${index}`)
    this.space(nat)
    this.wire(space, 'eth0', nat, 'in0')
    this.wire(nat, 'out0', ROUTER, port)
    this.addressOf(ROUTER, port, `198.18.${index}.1/24`)
    this.addressOf(nat, 'out0', `198.18.${index}.2/24`)
    this.ip('-n', this.full(nat), 'route', 'add', 'default', 'via', `198.18.${index}.1`)
    this.addressOf(nat, 'in0', `10.0.${index}.1/24`)
    this.addressOf(space, 'eth0', `10.0.${index}.2/24`)
    this.ip('-n', space, 'route', 'add', 'default', 'via', `10.0.${index}.1`)
    this.inside(nat, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    this.rules(nat, SYMMETRIC_NAT)
    return { space, port, address: `10.0.${index}.2` }
  }

  /** Gives a host another address in its subnet; the old one is gone, and with it everything that was bound to it. */
  move(host: Host, last: number): void {
    const subnet = host.port.replace('port', '198.18.')
    this.ip('-n', host.space, 'addr', 'flush', 'dev', 'eth0')
    host.address = `${subnet}.${last}`
    this.addressOf(host.space, 'eth0', `${host.address}/24`)
    this.ip('-n', host.space, 'route', 'add', 'default', 'via', `${subnet}.1`)
  }

  /** Nothing passes between the two any more; without a second one, nothing from or to the first. */
  cut(host: Host, other?: Host): void {
    const ways = other
      ? [`iifname "${host.port}" oifname "${other.port}"`, `iifname "${other.port}" oifname "${host.port}"`]
      : [`iifname "${host.port}"`, `oifname "${host.port}"`]
    for (const way of ways) this.cuts.add(`${way} drop`)
    this.applyCuts()
  }

  /** Everything passes again. */
  heal(): void {
    this.cuts.clear()
    this.applyCuts()
  }

  /** Removes all of it. What runs inside has to be ended before. */
  close(): void {
    process.off('exit', this.onExit)
    const failures = this.spaces.splice(0).filter((space) => !isRemoved(space))
    if (failures.length > 0) throw new Error(`not removed: ${failures.join()}`)
  }

  private next(): { index: number; port: string } {
    const index = ++this.hosts
    return { index, port: `port${index}` }
  }

  private space(name: string): string {
    const space = this.full(name)
    this.ip('netns', 'add', space)
    this.spaces.push(space)
    // IPv6 link-local addresses would be paths that no NAT is in the way of.
    this.inside(
      name,
      'sysctl',
      '-qw',
      'net.ipv6.conf.all.disable_ipv6=1',
      'net.ipv6.conf.default.disable_ipv6=1',
    )
    this.ip('-n', space, 'link', 'set', 'lo', 'up')
    return space
  }

  private wire(from: string, device: string, to: string, otherDevice: string): void {
    const [one, two] = [this.full(from), this.full(to)]
    this.ip('link', 'add', device, 'netns', one, 'type', 'veth', 'peer', 'name', otherDevice, 'netns', two)
    this.ip('-n', one, 'link', 'set', device, 'up')
    this.ip('-n', two, 'link', 'set', otherDevice, 'up')
  }

  private addressOf(space: string, device: string, address: string): void {
    this.ip('-n', this.full(space), 'addr', 'add', address, 'dev', device)
  }

  private applyCuts(): void {
    const chain = ['type filter hook forward priority 0', ...this.cuts].join('\n')
    this.rules(
      ROUTER,
      `table inet cuts\ndelete table inet cuts\ntable inet cuts { chain forward {\n${chain}\n}\n}`,
    )
  }

  private rules(space: string, rules: string): void {
    const args = ['netns', 'exec', this.full(space), 'nft', '-f', '-']
    execFileSync('ip', args, { input: rules, stdio: ['pipe', 'ignore', 'pipe'] })
  }

  private inside(space: string, ...command: string[]): void {
    this.ip('netns', 'exec', this.full(space), ...command)
  }

  private ip(...args: string[]): void {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  }

  private full(space: string): string {
    return space.startsWith(this.name) ? space : `${this.name}-${space}`
  }
}

const SYMMETRIC_NAT = `
table ip nat {
  chain post { type nat hook postrouting priority 100; oifname "out0" masquerade fully-random; }
}
table ip filter {
  chain inwards {
    type filter hook forward priority 0; policy drop;
    iifname "in0" accept; ct state established,related accept;
  }
}`

function isRemoved(space: string): boolean {
  try {
    execFileSync('ip', ['netns', 'del', space], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Namespaces of test processes that were killed before they could remove them, and what still runs in them. */
function sweep(): void {
  if (!existsSync('/run/netns')) return
  const names = readdirSync('/run/netns').filter((name) => /^netflux-\d+-/.test(name))
  for (const name of names) {
    if (isRunning(Number(name.split('-')[1]))) continue
    try {
      const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).match(/\d+/g) ?? []
      for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    } catch {
      // Another scenario was faster.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
