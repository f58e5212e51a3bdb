// Where things are below the editor's origin; the server and the page have to agree.
export const SIGNALING_PATH = '/signaling'
export const BOT_PATH = '/bot'
