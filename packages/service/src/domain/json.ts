declare const json: unique symbol;

/**
 * A JSON value as text.
 *
 * `user` and `data` belong to the application; the service never reads their content. Text cannot be shared by
 * reference, its length is its size, and it is stored and sent without being parsed.
 */
export type JsonText = string & { readonly [json]: true };

/** The text of a value that came from `JSON.parse`. */
export function toJsonText(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

/** Marks `text` as JSON without a check. Only for text that a store has read back. */
export function asJsonText(text: string): JsonText {
  return text as JsonText;
}

/** Parses the text. Each call returns a new value, so that callers do not share an object. */
export function fromJsonText(text: JsonText | null): unknown {
  return text === null ? null : JSON.parse(text);
}
