// Close codes of RFC 6455 that tell what a connection ended for. io uses them for data channels too.

/** What came breaks the protocol, is no binary message, is no UTF-8, or is too large. */
const garbage: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009])

/** One of the two sides could make no sense of what the other sent. */
export const meansGarbage = (code: number): boolean => garbage.has(code)
