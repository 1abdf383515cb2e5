/**
 * Throws a `TypeError` unless a bulk close has a filter without undefined properties. JSON omits a property that is
 * undefined: a filter by an unknown user would close the sessions of every user.
 */
export function assertBulkFilter(request: unknown): void {
  const filter: unknown = (request as { readonly filter?: unknown } | null | undefined)?.filter;
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new TypeError(
      "filter is missing: use closeMany({ filter: { user_id: '1' } }), and filter: {} to close every session.",
    );
  }
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined)
      throw new TypeError(`filter.${name} is undefined: give a value, or omit it to match every value.`);
  }
}
