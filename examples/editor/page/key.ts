// The key of the document is in the address, after #: who has the link can join. Used by main.ts.

const MAX_KEY = 512

/** The key in the address; a new random one is put there if it has none. */
export function currentKey(): string {
  const key = decode(location.hash.slice(1)).slice(0, MAX_KEY)
  return key || replaceKey(randomKey())
}

export function linkTo(key: string): string {
  return `#${encodeURIComponent(key)}`
}

/** 128 bits: nobody guesses them. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

function replaceKey(key: string): string {
  history.replaceState(null, '', linkTo(key))
  return key
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
