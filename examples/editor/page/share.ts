// Copies the link, and says on the button whether that worked. Used by main.ts.
import { timer } from 'rxjs'

const SAID_FOR = 1_600

export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = (button.dataset.label ??= button.textContent ?? '')
  button.textContent = (await written(text)) ? 'Copied' : 'Copy the address'
  timer(SAID_FOR).subscribe(() => (button.textContent = label))
}

/** Over plain http the clipboard is there on localhost only. */
async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
