/**
 * Throws a `TypeError` unless `value` is an object. Callers without types may pass anything. The message shows a
 * correct call, `right`, and never the value, which may be a token.
 */
export function assertObject(value: unknown, name: string, right: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  throw new TypeError(`${name} ${value === undefined ? 'are missing' : `are ${given}`}: use ${right}.`);
}

/**
 * Throws a `TypeError` for an option of `owner` that is not one of `known`: a misspelt option would have no effect.
 */
export function assertKnownOptions(options: object, owner: string, known: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    throw new TypeError(`${name} is an unknown option of ${owner}; allowed: ${Object.keys(known).join(', ')}.`);
  }
}
