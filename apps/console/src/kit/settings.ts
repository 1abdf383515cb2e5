/** The settings of the console in this browser: the look, and nothing about sessions. */
const PREFIX = 'pip-sessions.';

export function readSetting(name: string): string | null {
  try {
    return globalThis.localStorage?.getItem(PREFIX + name) ?? null;
  } catch {
    // A browser may not allow storage.
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(PREFIX + name, value);
  } catch {
    // The choice then lasts until the page is left.
  }
}
