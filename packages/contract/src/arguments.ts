/**
 * Throws a `TypeError` for what is no object where one has to be, which callers without types may get wrong. Its message
 * says how the call is right, and never what was given, which may be a token.
 */
export function assertObject(value: unknown, name: string, right: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  throw new TypeError(`${name} ${value === undefined ? 'are missing' : `are ${given}`}: use ${right}.`);
}
