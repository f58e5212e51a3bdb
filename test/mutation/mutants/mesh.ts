// Faults of the mesh: which ways lead to whom, what is announced, and what is told of it.
import { faultsIn } from '../mutant.js'

export const meshFaults = [
  ...faultsIn('graph.ts', [
    {
      id: 'graph-one-claim',
      wrong: 'an edge counts that one end claims',
      find: 'if (!there?.neighbors.has(id)) continue',
      replace: 'if (!there) continue',
    },
    {
      id: 'graph-edge-stays',
      wrong: 'an edge that one end no longer claims stays at the other',
      find: 'if (edges.delete(other)) this.entries.get(other)?.edges.delete(id)',
      replace: 'edges.delete(other)',
    },
    {
      id: 'graph-forgotten-edge',
      wrong: 'edges of who is forgotten stay',
      find: 'for (const other of this.entries.get(id)?.edges ?? []) this.entries.get(other)?.edges.delete(id)',
      replace: '',
    },
    {
      id: 'graph-old-news',
      wrong: 'the same version is news again',
      find: 'news.version <= known.announcement.version',
      replace: 'news.version < known.announcement.version',
    },
    {
      id: 'graph-goodbye-forgotten',
      wrong: 'who said goodbye is believed to be there again',
      find: 'news.id === this.me || this.departed.has(news.incarnation)',
      replace: 'news.id === this.me',
    },
    {
      id: 'graph-told-of-me',
      wrong: 'others tell me who I am',
      find: 'news.id === this.me || this.departed',
      replace: 'this.departed',
    },
    {
      id: 'graph-id-clash',
      wrong: 'a second member with an id takes the place of the live one',
      find: 'else if (known && isLive) return false',
      replace: 'else if (false) return false',
    },
    {
      id: 'graph-unbounded',
      wrong: 'any number of members is believed',
      find: 'if (!known && this.entries.size >= limits.members) return false',
      replace: '',
    },
    {
      id: 'graph-never-forgets',
      wrong: 'who cannot be reached is never forgotten',
      find: 'if (now - entry.reachedAt > limits.forget)',
      replace: 'if (false)',
    },
    {
      id: 'graph-forgets-the-reached',
      wrong: 'who is reached is forgotten all the same',
      find: 'if (isReached(id)) entry.reachedAt = now\n      else if',
      replace: 'if',
    },
    {
      id: 'graph-bots-last',
      wrong: 'ways through bots are not preferred',
      find: 'bots.length > 0 ?',
      replace: 'false ?',
    },
    {
      id: 'graph-suspended-used',
      wrong: 'a suspended link is used like any other',
      find: '[this.botsFirst(neighbors), avoided]',
      replace: '[this.botsFirst([...neighbors, ...avoided])]',
    },
    {
      id: 'graph-departed-unbounded',
      wrong: 'who said goodbye is remembered without a bound',
      find: 'if (this.departed.size > 4 * limits.members && oldest !== undefined)',
      replace: 'if (false && oldest !== undefined)',
    },
    {
      id: 'graph-departed-for-ever',
      wrong: 'who said goodbye is remembered for ever',
      find: 'if (now - at > limits.forget) this.departed.delete(incarnation)',
      replace: '{}',
    },
  ]),

  ...faultsIn(
    'paths.ts',
    [
      { id: 'paths-hops-uncounted', wrong: 'hops are not counted', find: 'hops: hops + 1', replace: 'hops' },
      {
        id: 'paths-hops-unlimited',
        wrong: 'a relay passes on what has gone far enough',
        find: ' || hops >= limits.hops',
        replace: '',
      },
      {
        id: 'paths-back',
        wrong: 'a frame goes back where it came from',
        find: ' || link === cameFrom',
        replace: '',
      },
      {
        id: 'paths-relay-unbounded',
        wrong: 'the queue of a relay has no bound',
        find: ' || link.queued > limits.relayQueue',
        replace: '',
      },
      {
        id: 'paths-stale',
        wrong: 'a changed mesh changes no path',
        find: '  invalidate(): void {\n    this.isStale = true\n',
        replace: '  invalidate(): void {\n',
      },
      {
        id: 'paths-review-blind',
        wrong: 'paths that announcements changed are not found',
        find: '    this.isStale = true\n    const after',
        replace: '    const after',
      },
      {
        id: 'paths-review-counts',
        wrong: 'other paths are taken for the same if there are as many',
        find: 'if (before.get(id) !== hop) return true',
        replace: 'if (before.get(id) === 0) return true',
      },
      {
        id: 'paths-learned-unbounded',
        wrong: 'ways are learned without a bound',
        find: 'this.learned.size > limits.members &&',
        replace: 'false &&',
      },
      {
        id: 'paths-unlearned',
        wrong: 'where a frame came from is not remembered',
        find: '    this.learned.set(from, link)\n',
        replace: '',
      },
      {
        id: 'paths-dead-link',
        wrong: 'a link that is gone is still a way',
        find: 'return link && this.links.get(link.channel) === link ? link : undefined',
        replace: 'return link',
      },
    ],
    ['graph', 'links', 'meshView'],
  ),

  ...faultsIn(
    'announcing.ts',
    [
      {
        id: 'announcing-poor-welcome',
        wrong: 'a new neighbour is told of me only',
        find: '[this.own(), ...this.graph.all]',
        replace: '[this.own()]',
      },
      {
        id: 'announcing-kept-back',
        wrong: 'news of others is not passed on',
        find: 'if (told && cameFrom',
        replace: 'if (false && told && cameFrom',
      },
      {
        id: 'announcing-same-version',
        wrong: 'announcements do not count their version',
        find: '++this.version',
        replace: 'this.version + 1',
      },
      {
        id: 'announcing-once',
        wrong: 'a change is announced once, then never',
        find: '    this.askedFor = undefined\n',
        replace: '',
      },
      {
        id: 'announcing-one-frame',
        wrong: 'a table goes in one frame, however large',
        find: 'if (size < FRAME) continue',
        replace: 'continue',
      },
      {
        id: 'announcing-origin-twice',
        wrong: 'what a member told is told again to its own neighbours',
        find: ' && !told.neighbors.includes(id)',
        replace: '',
      },
      {
        id: 'announcing-window-ignored',
        wrong: 'each change of neighbours is told by itself',
        find: 'const next = this.sentAt + this.window',
        replace: 'const next = this.context.now',
      },
      {
        id: 'announcing-window-constant',
        wrong: 'a member of a large group announces as often as one of a small group',
        find: 'limits.announceCost * this.links.neighbors.size',
        replace: '0',
      },
      {
        id: 'announcing-retold-soon',
        wrong: 'what others tell of known members is passed on as soon as what is new',
        find: 'if (this.isAnyoneNew || this.retellAt <= now)',
        replace: 'if (this.news.size > 0)',
      },
      {
        id: 'announcing-new-late',
        wrong: 'a new member waits as long as what others tell of known ones',
        find: 'if (this.isAnyoneNew || this.retellAt <= now)',
        replace: 'if (this.retellAt <= now)',
      },
      {
        id: 'announcing-rest-forgotten',
        wrong: 'what waits for its time is not passed on by itself',
        find: '    this.schedule()\n    return isNewsFresh',
        replace: '    return isNewsFresh',
      },
      {
        id: 'announcing-told-twice',
        wrong: 'a new neighbour is told of me twice',
        find: 'if (!this.told.has(link)) ',
        replace: '',
      },
      {
        id: 'announcing-old-list',
        wrong: 'who was told of me hears nothing of later changes',
        find: '    this.told.clear()\n',
        replace: '',
      },
      {
        id: 'announcing-links-at-once',
        wrong: 'each new link is told at once',
        find: 'this.context.now + limits.announceLinks',
        replace: 'this.context.now',
      },
      {
        id: 'announcing-back',
        wrong: 'a neighbour is told what it told',
        find: 'told && cameFrom !== link &&',
        replace: 'told &&',
      },
    ],
    ['meshView', 'graph'],
  ),

  ...faultsIn(
    'view.ts',
    [
      {
        id: 'view-complete-too-soon',
        wrong: 'JOINED comes before everyone is in touch',
        find: 'for (const id of this.paths.reachable) if (!this.traffic.isOpen(id)) return false',
        replace: '',
      },
      {
        id: 'view-claims-the-lost',
        wrong: 'Sigver is told of members to whom there is no way',
        find: 'this.members.filter(({ id }) => ',
        replace: 'this.members.filter(({ id }) => id > 0 || ',
      },
      {
        id: 'view-other-life',
        wrong: 'a link to an earlier life counts as a link',
        find: '?.peer?.incarnation === peer.incarnation',
        replace: ' !== undefined',
      },
      {
        id: 'view-neighbors-unopened',
        wrong: 'members are neighbours before they are in view',
        find: '.filter((id) => this.traffic.isOpen(id))',
        replace: '',
      },
      {
        id: 'view-alone-too-soon',
        wrong: 'who is just being linked is alone',
        find: 'this.isEmpty && this.links.neighbors.size === 0',
        replace: 'this.isEmpty',
      },
      {
        id: 'view-relayed-direct',
        wrong: 'a member behind a relay looks directly linked',
        find: 'this.paths.isDirect(id) ? this.links.to(id) : undefined',
        replace: 'this.links.to(id)',
      },
    ],
    ['meshView', 'group'],
  ),
]
