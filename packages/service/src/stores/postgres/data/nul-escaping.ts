/**
 * Escapes U+0000, which PostgreSQL's texts cannot hold
 * (https://www.postgresql.org/docs/current/datatype-character.html) but an application's texts may. U+0000 is stored as
 * U+0001 and "0", and U+0001 as U+0001 and "1", so that every text can be restored. JSON texts need no escaping: they
 * contain control characters only in escaped form.
 */
export function toStored(text: string): string {
  return ESCAPED.test(text) ? text.replaceAll('\u0001', '\u00011').replaceAll('\0', '\u00010') : text;
}

export function fromStored(text: string): string {
  return text.includes('\u0001') ? text.replaceAll('\u00010', '\0').replaceAll('\u00011', '\u0001') : text;
}

export function toStoredOrNull(text: string | null): string | null {
  return text === null ? null : toStored(text);
}

export function fromStoredOrNull(text: string | null): string | null {
  return text === null ? null : fromStored(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const ESCAPED = /[\0\u0001]/;
