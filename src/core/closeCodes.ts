// Why Sigver closes a socket, as the code and reason of the WebSocket's close frame. Private codes (RFC 6455: 4000 to
// 4999), their last two digits after the HTTP status that says the same. Members learn from them whether to come back.

export const closeCodes = {
  /** Final. The path is not a topic: 43 characters of base64url. */
  badTopic: 4400,
  /** Final. This Sigver does not want this member: its token is missing, wrong or too old, or is for another group. */
  refused: 4401,
  /** Final. This Sigver does not serve pages of this origin. */
  badOrigin: 4403,
  /** No announcement within limits.firstFrame. */
  late: 4408,
  /** Another live peer of the room has this id: take a new one and come back. */
  idTaken: 4409,
  /** Nothing was heard for limits.socketSilence. */
  silent: 4410,
  /** A frame makes no sense. */
  badFrame: 4422,
  /** Final. The announcement is of another protocol version. */
  badVersion: 4426,
  /** The announcement has to come first, and once. */
  notAnnounced: 4428,
  /** More frames than limits.framesPerSecond, or than limits.crowd allows those of its address. */
  tooManyFrames: 4429,
  /** There are as many sockets from this address as may be. */
  addressFull: 4430,
  /** The peer does not read what it is sent, nor this: it is cut. Logs and metrics say it. */
  slowReader: 4431,
  /** Sigver goes away: come back after a pause. */
  closing: 4450,
  /** Sigver has as many rooms as it may. */
  full: 4453,
  /** The room has as many peers as it may. */
  roomFull: 4457,
} as const

export type CloseReason = keyof typeof closeCodes

const final: ReadonlySet<number> = new Set([
  closeCodes.badTopic,
  closeCodes.refused,
  closeCodes.badOrigin,
  closeCodes.badVersion,
])

const crowded: ReadonlySet<number> = new Set([closeCodes.addressFull, closeCodes.full, closeCodes.roomFull])

/** Whoever was closed with this code has no reason to try again. */
export const isFinal = (code: number): boolean => final.has(code)

/** There is no place now; later there may be one. */
export const isCrowded = (code: number): boolean => crowded.has(code)

/** What the close frame says to people. */
export const closeReasons: Readonly<Record<CloseReason, string>> = {
  badTopic: 'the path is not a topic',
  refused: 'refused',
  badOrigin: 'pages of this origin are not served',
  late: 'no announcement in time',
  idTaken: 'this id is taken',
  silent: 'silent for too long',
  badFrame: 'a frame makes no sense',
  badVersion: 'another protocol version',
  notAnnounced: 'the announcement comes first, and once',
  tooManyFrames: 'too many frames',
  addressFull: 'too many connections from this address',
  slowReader: 'reads too slowly',
  closing: 'the server goes away',
  full: 'the server has no place for another group',
  roomFull: 'the group has as many members as this server allows',
}
