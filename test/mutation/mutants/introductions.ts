// Faults of whom Sigver introduces to whom, and of who is connected as far as it knows.
import { faultsIn } from '../mutant.js'

export const introductionFaults = [
  ...faultsIn(
    'introductions.ts',
    [
      {
        id: 'introductions-always-looks',
        wrong: 'Sigver looks at a room whenever something is new there, however often that is',
        find: '    if (this.work >= limits.roomWork) return\n',
        replace: '',
      },
      {
        id: 'introductions-never-looks-again',
        wrong: 'a room that was busy once is answered by sweeps alone for ever',
        find: '    this.work = 0\n    this.look',
        replace: '    this.look',
      },
      {
        id: 'introductions-others-to-groups',
        wrong: 'who is in a group is told of the others, too',
        find: 'if (!isAlone(initiator.component)) return []',
        replace: '',
      },
      {
        id: 'introductions-all-others',
        wrong: 'a newcomer is told of more than it can dial',
        find: '.slice(0, limits.dials - 1)',
        replace: '',
      },
      {
        id: 'introductions-two-founders',
        wrong: 'of two founders both are told that they are alone',
        find: "isAlone(component) && [...ties.values()].includes('pending')",
        replace: 'false',
      },
      {
        id: 'introductions-failed-again',
        wrong: 'a pair that failed is tried again at once',
        find: '(asker.failed.get(candidate) ?? 0) > now',
        replace: 'false',
      },
      {
        id: 'introductions-bots-like-others',
        wrong: 'favored peers are not introduced first',
        find: '(candidate.isFavored ? limits.members : 0)',
        replace: '0',
      },
      {
        id: 'introductions-endless',
        wrong: 'an introduction that nobody follows never ends',
        find: 'else if (now >= deadline(introduction)) this.fail(introduction, now)',
        replace: '',
      },
      {
        id: 'introductions-never-heal',
        wrong: 'the parts of a room are never introduced',
        find: '    this.heal(now)\n',
        replace: '',
      },
      {
        id: 'introductions-question-open',
        wrong: 'strangers hold up a newcomer without end',
        find: 'if (now - (asker.askedAt ?? now) >= limits.question) return this.connected(asker)',
        replace: '',
      },
      {
        id: 'introductions-target-gives-up',
        wrong: 'the one introduced can end an introduction',
        find: 'if (introduction?.initiator !== initiator) return',
        replace: 'if (!introduction) return',
      },
      {
        id: 'introductions-favor-without-memory',
        wrong: 'whom a peer has tried longest ago does not come first',
        find: 'return failedA === failedB ? load(a) < load(b) : failedA < failedB',
        replace: 'return load(a) < load(b)',
      },
      {
        id: 'introductions-two-at-once',
        wrong: 'a peer works on several introductions at once',
        find: '    if (attemptOf(asker)) return\n',
        replace: '',
      },
      {
        id: 'introductions-answered-late',
        wrong: 'an answered introduction has no more time than one that is not',
        find: 'if (introduction?.initiator === recipient) introduction.isAnswered = true',
        replace: '',
      },
      {
        id: 'introductions-old-socket',
        wrong: 'what was told on an older socket counts as told',
        find: '      if (introduction.initiator === occupant) this.end(introduction)\n',
        replace: '',
      },
      {
        id: 'introductions-liar-believed',
        wrong: 'a group believes whatever one of its members claims',
        find: 'now < occupant.believedUntil && isAlone(occupant.component)',
        replace: 'now < occupant.believedUntil',
      },
      {
        id: 'introductions-impatient',
        wrong: 'after a restart whoever comes is introduced before its own members can come',
        find: 'now < occupant.believedUntil && occupant.confirmed < occupant.claims.length',
        replace: 'false',
      },
      {
        id: 'introductions-failed-kept',
        wrong: 'who is gone is remembered by those who could not reach it',
        find: '    this.returned(occupant)\n    this.settle(now)\n',
        replace: '    this.settle(now)\n',
      },
      {
        id: 'introductions-failed-for-ever',
        wrong: 'failures are remembered without end',
        find: 'if (until + limits.pairingMemory <= now)',
        replace: 'if (false)',
      },
      {
        id: 'introductions-busy',
        wrong: 'who is linked with whom it was introduced to still waits for an answer',
        find: 'if (occupant.claims.includes(target)) this.hush(occupant)',
        replace: '{}',
      },
      {
        id: 'introductions-late-answer',
        wrong: 'an introduction that was answered ends as one that was not',
        find: 'isAnswered ? limits.negotiation : limits.pairing',
        replace: 'limits.pairing',
      },
      {
        id: 'introductions-crowd-first',
        wrong: 'a crowd of strangers stays in front',
        find: ' / 2 ** failures',
        replace: '',
      },
      {
        id: 'introductions-alone-too-soon',
        wrong: 'who is alone is told so while someone is on the way',
        find: 'else if (!isHeldUp(component, ties)) this.connected(asker)',
        replace: 'else this.connected(asker)',
      },
    ],
    ['rooms'],
  ),

  ...faultsIn(
    'components.ts',
    [
      {
        id: 'components-one-claim',
        wrong: 'two are connected when one claims it',
        find: 'isClaimed[own + (this.places.get(other) ?? NaN)] === 1',
        replace: 'isClaimed[own + (this.places.get(other) ?? NaN)] !== 2',
      },
      {
        id: 'components-never-apart',
        wrong: 'who claims others stays connected with those it claimed',
        find: '    occupant.claims = this.shared(claims)\n    this.hasChanged()\n',
        replace: '    occupant.claims = this.shared(claims)\n',
      },
      {
        id: 'components-never-disconnected',
        wrong: 'claims are never taken back',
        find: 'if (isSame(occupant.claims, claims)) return',
        replace: 'if (claims.length <= occupant.claims.length) return',
      },
      {
        id: 'components-other-life',
        wrong: 'a claim of an earlier life counts for the next',
        find: 'return occupant?.incarnation === incarnation ? occupant : undefined',
        replace: 'return occupant',
      },
      {
        id: 'components-gone-remembered',
        wrong: 'who is gone is still claimed',
        find: '    this.replace(occupant, { id: occupant.id, incarnation: occupant.incarnation })\n',
        replace: '',
      },
      {
        id: 'components-itself',
        wrong: 'a peer does not claim itself, so all have lists of their own',
        find: '    claimed.set(occupant.id, occupant)\n',
        replace: '',
      },
      {
        id: 'components-late',
        wrong: 'who comes after it was claimed is not connected',
        find: '    this.replace(occupant, occupant)\n',
        replace: '',
      },
      {
        id: 'components-found-late',
        wrong: 'a new peer is in no component',
        find: '    this.hasChanged()\n  }\n\n  leave',
        replace: '  }\n\n  leave',
      },
      {
        id: 'components-left-behind',
        wrong: 'a component keeps who is gone',
        find: '    this.hasChanged()\n  }\n\n  /** From',
        replace: '  }\n\n  /** From',
      },
      {
        id: 'components-unconfirmed',
        wrong: 'nobody confirms a claim',
        find: 'occupant.confirmed = connected.length',
        replace: 'occupant.confirmed = 0',
      },
    ],
    ['rooms'],
  ),
]
