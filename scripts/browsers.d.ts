// Types of browsers.js for the tests.
export function chromePath(): string
export function firefoxPath(): string
