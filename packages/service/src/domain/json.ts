declare const json: unique symbol;

/**
 * A JSON value as its text.
 *
 * `user` and `data` belong to the application, and the service never looks into them. Held as text they cannot be
 * aliased, are measured by their length, are stored as they are, and are written into an answer without being
 * parsed and written again.
 */
export type JsonText = string & { readonly [json]: true };

/** The text of a value that came from `JSON.parse`. */
export function toJsonText(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

/** Trusts that `text` is JSON: for what a store reads back. */
export function asJsonText(text: string): JsonText {
  return text as JsonText;
}

/** A new value at each call, so that no caller holds another's object. */
export function fromJsonText(text: JsonText | null): unknown {
  return text === null ? null : JSON.parse(text);
}
