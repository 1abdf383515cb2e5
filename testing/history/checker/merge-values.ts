/** A merge patch (RFC 7396) and a comparison of JSON texts, written independently of the service under test. */

export function mergedText(target: string | null, patch: string): string {
  return JSON.stringify(merged(target === null ? null : JSON.parse(target), JSON.parse(patch)));
}

/** Whether two texts have the same value; the order of properties does not matter. */
export function isSameValue(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && sorted(a) === sorted(b));
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

function sorted(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
