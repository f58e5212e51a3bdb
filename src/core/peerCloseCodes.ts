// Why a member closes a WebSocket to another one. Private codes (RFC 6455: 4000 to 4999), documented in docs/errors.md.

export const peerCloseCodes = {
  /** Bytes that make no sense. */
  garbage: 4500,
  /** No proof of the key, another group, another protocol version. */
  refused: 4501,
  /** Another live member has this id: take a new one. */
  idTaken: 4502,
  /** Two links between the same members: the other one stays. */
  double: 4503,
  /** No proof in time. */
  tooSlow: 4504,
  /** The bot does not accept this invitation. */
  uninvited: 4505,
  /** Too many sockets that have not proven anything. */
  busy: 4506,
  /** The member left the group. */
  left: 4507,
} as const
