// The states that users see, with Netflux 4's numbers, and that of the topology, which they do not see.

/** State of a WebGroup. */
export enum WebGroupState {
  /** You are about to join the group (again). */
  JOINING = 0,
  /** You are in the group. */
  JOINED = 1,
  /** You have left, could not join, or have not joined yet. */
  LEFT = 2,
}

/** State of the connection with the signaling server. */
export enum SignalingState {
  /** The WebSocket is being opened. */
  CONNECTING = 0,
  /** The WebSocket is open. */
  OPEN = 1,
  /** Sigver is finding out whether I am connected to the other members, or introduces me to one. */
  CHECKING = 2,
  /** The WebSocket is closed, or could not be opened. */
  CLOSED = 3,
  /** I am connected to at least one member, or I am the only one. */
  CHECKED = 4,
}

/** How members are connected with each other. */
export enum Topology {
  /** Everyone with everyone; where a pair cannot connect, through a common neighbour. */
  FULL_MESH = 0,
}

/** State of the member's part of the mesh. */
export enum TopologyState {
  /** Linked to one member, getting to know the others. */
  CONSTRUCTING = 0,
  /** In touch with everyone, or alone. */
  CONSTRUCTED = 1,
  /** Not linked to anyone yet, or cut off. */
  IDLE = 2,
}
