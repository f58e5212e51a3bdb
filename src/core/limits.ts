// Every timeout and maximum, each with its reason, or an admission that it is a guess. Times in milliseconds, sizes in bytes.
import type { Milliseconds } from './contract.js'

const KiB = 1024
const MiB = 1024 * KiB
const SECOND: Milliseconds = 1000

/** Of our protocols: v1 talks to exactly 1. */
export const PROTOCOL_VERSION = 1

// ---- what users hand over
/** Characters of a key. A guess: room for any URL or path. */
export const keyLength = 512
/** Default of maxMessageSize. */
export const messageSize = 512 * MiB
/** Default of maxBacklog: what one group holds unsent or unacknowledged, shared blocks counted once. */
export const backlog = 384 * MiB

// ---- frames
/** Largest frame on any link. Below 64 KiB, which every WebSocket and data channel implementation carries whole. */
export const frame = 60_000
/** Largest WebSocket message that a server of ours accepts. */
export const payload = 64 * KiB
/** Of small messages packed into one block; with 16 kB a raw channel already runs at full rate (measured). */
export const block = 16_000
/** Of one fragment of a large message. */
export const fragment = 48_000
/** A hello is parsed before its sender has proven anything. The longest field is the key for an invited bot. */
export const hello = 3_000
/** Members in one table, ids in one claim: five times the largest group we test. */
export const members = 256
/** Characters of an access token: a JWT with a few claims has some 300. */
export const token = 4096
/** URLs of one TURN server: UDP, TCP, TLS, by two names. A guess. */
export const turnUrls = 8
/** SDP of one data channel is about 500 bytes; candidates come apart. */
export const sdp = 16 * KiB
/** Candidates of one dial and side. A guess: many interfaces times two protocols. */
export const candidates = 64
/** One candidate, as JSON. */
export const candidate = 1 * KiB
/** Length of a URL announced by a peer. */
export const url = 512
/** Relays a frame may pass. Paths in a mesh are short; a loop while routes change ends here. */
export const hops = 6

// ---- queues
/** A channel is not filled above: a new data channel runs twice as fast with 64 to 256 KiB queued as with 1 MiB (measured). */
export const channelHigh = 256 * KiB
/** io reports `drained` below it. */
export const channelLow = 64 * KiB
/** Unordered messages wait above it, so that ordered ones pass them quickly. Twice channelLow: what a channel had
 *  queued at its last report and what it does not report yet, each below channelLow, must not look like a long queue. */
export const channelBulk = 128 * KiB
/** A relay drops what would make its queue longer than this; the ends repair. */
export const relayQueue = 1 * MiB
/** Unacknowledged bytes of a session on a direct link, at most: the channel's own flow control rules. */
export const directWindow = 4 * MiB
/** The same on a data channel, which Chromium fills until much is lost at once: with 4 MiB one in five first transfers of 32 MB
 *  took four times as long, with 1 MiB one in fourteen, with this none (measured). */
export const channelWindow = 512 * KiB
/** With long round trips it is larger, so that this many bytes per millisecond pass. A guess: more than most lines carry. */
export const channelRate = 10_000
/** The same through a relay: several such sessions fit its queue. */
export const relayedWindow = 256 * KiB
/** Unacknowledged bytes of unordered messages while ordered ones go to the same member: 5 ms of a channel that carries
 *  20 MB/s, since a channel lets nothing overtake what it has taken. Not less than `ackBytes` and a block, or each waits for the
 *  other. */
export const besideWindow = 100_000
/** So long after an ordered message another one is expected. A guess: people who type, and games. */
export const talk = 1 * SECOND
/** send()'s promise waits while a member's queue is longer. A guess: 50 ms of a fast channel. */
export const roomHigh = 1 * MiB
export const roomLow = 256 * KiB
/** Messages that arrive before JOINED wait, up to this. */
export const early = 8 * MiB
/** An acknowledgement goes alone after so many bytes, or so long after the first of them. */
export const ackBytes = 48_000
export const ackDelay = 200

// ---- getting in
/** Who was introduced to me has to answer in this time, or I take the next. */
export const introduction = 3 * SECOND
/** One attempt over WebSocket, up to the proof. */
export const webSocketDial = 5 * SECOND
/** One attempt over WebRTC: each side has one, both together stay below 20 s. ICE over TURN needs under 2 s (measured). */
export const rtcDial = 8 * SECOND
/** An offer that is not answered is sent again after this: relays may drop it. */
export const repeat = 1 * SECOND
/** A whole negotiation. */
export const negotiation = 19 * SECOND
/** Candidates are sent together when they come within this: those of this host come within 2 ms of the first (measured). */
export const candidateWindow = 2
/** Those of the side that answers wait so long: mostly it connects with what the other one told, and then nobody needs them.
 *  On one machine that takes 6 ms when nothing else runs (measured). */
export const answerersCandidates = 20
/** Dials that run at once. Eight at a time are no slower than one by one on 2 cores (a guess). */
export const dials = 8
/** A pair without a direct link tries again after this, then ever more rarely. */
export const redial = 5 * SECOND
export const redialMost = 300 * SECOND
/** The larger id of a pair dials too when the smaller one has not come by then. */
export const redialOther = 10 * SECOND
/** JOINED does not wait longer for members whom I am told of but cannot reach. */
export const construction = 3 * SECOND
/** Changes of my neighbours are announced together. */
export const announceWindow = 30
/** The only link to a newcomer is told to the others after this: mostly it has links with some of them by then. */
export const announceLinks = 50
/** What of my links others know without me is told after this. A guess: longer than a join takes, as each newcomer changes the
 *  list of every member, and short, as a detour around a link that breaks has to be known before. */
export const announceAnyway = 500
/** The window grows by this for each neighbour: of 50 members who come at once each sends 200 announcements a second. */
export const announceCost = 5
/** What most hear of otherwise waits for so many windows. A guess: 50 members who came at once sent a fifth of the frames. */
export const restWindows = 4
/** Table entries that nobody can reach are kept so long. */
export const forget = 60 * SECOND

// ---- liveness
/** How often a member looks around. */
export const tick = 250
/** A tick later than this means that this process slept: it accuses nobody. */
export const lateTick = 2 * SECOND
/**
 * Ping after so long without a word, while Sigver watches too, and while it does not: with a tick or two and aloneDead a
 * silent death is seen within 6 s (with 1 s it was 6.2).
 */
export const quiet = 5 * SECOND
export const quietAlone = 750
/** Silence after the first unanswered ping until a member is given up: its transport closed or Sigver hinted at it. */
export const suspectDead = 1 * SECOND
/** Its transport closed and Sigver saw its socket close, too: two witnesses; one unanswered ping is enough. */
export const suspectGone = 200
/** The same while Sigver is away. */
export const aloneDead = 5 * SECOND
/** The same while Sigver still sees its socket: a stopped process keeps its place. */
export const watchedDead = 30 * SECOND
/** A link whose member answers elsewhere is avoided after so long, and given up after five times that. */
export const suspectLink = 2 * SECOND
/** Sigver counts as silent after so long without an answer: before the verdict over suspects, which asks for it. */
export const silentSigver = 700
/** Everyone is silent at once: I am cut off. */
export const cutOff = 90 * SECOND
/** A session without progress for so long no longer holds back send()'s promise. */
export const slow = 500
/** A session with unsent data and no progress for so long is reset. */
export const stalled = 30 * SECOND
/** Unacknowledged blocks are sent again after so long without progress. */
export const resend = 1 * SECOND
/** A session that does not open is tried again after this, doubling up to the next. */
export const reopen = 300
export const reopenMost = 10 * SECOND
/** After leave(): goodbyes and what was sent before them may take so long. Promise G6 allows 2 s. */
export const farewell = 1500

// ---- signaling, member's side
/** Reconnect after this, doubling, with up to half as much added at random. */
export const reconnect = 300
export const reconnectMost = 10 * SECOND
/** Sigver is pinged so often; its answer has to come in the second time. */
export const heartbeat = 15 * SECOND
export const heartbeatAnswer = 10 * SECOND
/** Sigver has to accept the connection by then. */
export const signalingDial = 10 * SECOND
/** Members are claimed so long after they changed, not more often than with this pause, and this often anyway. Who comes
 *  right after another one is told of both only if Sigver knows. */
export const claimDelay = 5
export const claimPause = 100
export const claimEvery = 30 * SECOND

// ---- Sigver
/** The first frame has to come in this time. */
export const firstFrame = 5 * SECOND
/** Who says nothing for so long, longer than a heartbeat, was asleep or cut off: it is introduced anew to those who could
 *  not reach it. */
export const absence = 17 * SECOND
/** A silent socket is dropped: above the members' heartbeat plus answer, twice missed. */
export const socketSilence = 45 * SECOND
/** Defaults of maxRooms and of maxConnectionsPerIp. Guesses: 100,000 rooms of two take some 400 MB; a school behind one
 *  address has fewer than 1,000 pages open. */
export const rooms = 100_000
export const socketsPerAddress = 1_000
/** An upgrade request has to be complete by then. */
export const upgrade = 5 * SECOND
/** Pieces of one WebSocket message: our own are never cut. */
export const fragments = 16
/** Frames per second of one socket, and the burst allowed. A join of 50 members needs some 200 (a guess). */
export const framesPerSecond = 200
export const frameBurst = 1000
/** The sockets of one address may send as much as so many. 200 members of 4 groups that come within 5 s from one address
 *  need a fifth of that burst (measured in the simulator); that many frames take a tenth of a core. */
export const crowd = 20
/** Addresses without sockets that are remembered until their budget is full again, after 5 s. A guess: 2 MB. */
export const addresses = 10_000
/** Pings and pongs of WebSocket itself, which no member of ours sends; proxies may, every few seconds. Guesses. */
export const controlsPerSecond = 10
export const controlBurst = 100
/** So many ids of a claim cost as much as a frame. A member claims at most every claimPause: with 256 ids 170 a second. */
export const idsPerFrame = 16
/** How often Sigver looks at one room between two sweeps: each time costs the square of its peers, some 20 ns for each
 *  (measured). With more the rest waits for the sweep. So 50 peers are answered 1,600 times a second at once, 256 60 times. */
export const roomWork = 2_000_000
/** Whoever decides about a token has to do so by then; frames that wait meanwhile. Guesses. */
export const authentication = 10 * SECOND
export const waitingFrames = 16
/** Those sent away come back within this, each at a time of its own. A guess: 10,000 then come at 2,500 a second. */
export const returning = 4 * SECOND
/** Instances of one Sigver tell each other so often that they are alive, and are dead after so long without a word:
 *  longer than a garbage collection, three beats. Who begins waits so long to hear who is there. Guesses. */
export const beat = 500
export const instanceSilence = 2 * SECOND
export const instanceGreeting = 300
/** What they tell each other in this time after they told something goes together: a batch costs signatures and calls of the
 *  system, however small it is; with 8 a relay costs more again (measured). */
export const gathering = 4
/** Two components are given so long to link before another pair is tried. */
export const pairing = 5 * SECOND
/** A pair that failed is not tried again before. */
export const pairingPause = 30 * SECOND
/** So much longer it is remembered that they could not: who has not been tried comes first. A guess. */
export const pairingMemory = 300 * SECOND
/** Who still asks after so long is introduced to nobody more, but answered: strangers hold up a newcomer no longer than three introductions. */
export const question = 8 * SECOND
/** So long a peer's claims are believed though the other side does not confirm them yet: claimDelay, both ways, on a slow line. */
export const belief = 1500
/** How often Sigver looks at deadlines and at rooms in several parts. */
export const sweep = 500
/** At most one frame with hints per room and this time. */
export const hintWindow = 250
/** What a socket may leave unread before it is cut off. */
export const slowReader = 1 * MiB
/** What the sockets of one address may leave unread together, and what all may: those who hold most are cut off. What is
 *  little does not count. Guesses: 16 members who stop reading in the midst of a flood; some of a small host's memory. */
export const unreadByAddress = 16 * MiB
export const unreadByAll = 256 * MiB
export const littleUnread = 8 * KiB
export const topicLength = 43

// ---- bot
/** Sockets that have not proven anything yet: in all, and from one address. */
export const strangers = 512
export const strangersPerAddress = 64
/** RTCPeerConnections of one process: @roamhq/wrtc takes up to 45 file descriptors each and aborts when there are none (measured at 640 with 20,000): so many are safe with 18,000. */
export const peerConnections = 400

// ---- io
/** So many turns of this time send at once what they have to; what the later ones have waits for the end of it. A round
 *  trip takes 0.5 ms at best, so what answers and is answered never waits. A guess. */
export const turnsPerWindow = 4
export const turnWindow = 1
/** A closing handshake may take so long before the connection is cut: with `farewell` it stays below the 2 s of G6. */
export const closing = 400
/** How often a queue is looked at where no event tells that it shrinks, and only while someone waits for that:
 *  a WebSocket of a browser (4 ms is what a page's timers can do at best), a data channel of @roamhq/wrtc
 *  (a look costs up to 50 us; at 5 ms a queue of 256 KiB still lets 40 MB/s through). */
export const socketPoll = 4
export const channelPoll = 5
/** Nothing is queued above: beyond 16 MiB Chromium throws and @roamhq/wrtc drops in silence. Such a channel is closed. */
export const channelFull = 15 * MiB
/** A page that goes away closes its peer connections before the event ends, which the back-forward cache asks for, if no
 *  more than this is queued: 8 kB always arrived, of 16 kB nothing or half (measured in Chromium and Firefox). */
export const closeAtOnce = 8_000
/** It closes them so long after its last words, which the network's threads send meanwhile: a member with @roamhq/wrtc
 *  that sends in the moment of the close may crash (docs/decisions.md). A guess; nobody sees 50 ms. */
export const lingering = 50
/** What was heard so long ago counts no more when such a member sends: a tenth of that. */
export const fresh = 5
/** Within this Firefox ends a script of a page that is closed: with 5 ms no goodbye of 60 was cut short any more. */
export const cutShort = 5
