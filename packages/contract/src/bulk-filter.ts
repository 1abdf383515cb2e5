/**
 * The filter of a bulk close, as callers without types may get it wrong. Throws a `TypeError` that says how it is right.
 * JSON leaves out what is undefined: a filter by an unknown user would close the sessions of every user.
 */
export function assertBulkFilter(request: unknown): void {
  const filter: unknown = (request as { readonly filter?: unknown } | null | undefined)?.filter;
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new TypeError(
      "filter is missing: use closeMany({ filter: { user_id: '1' } }), and filter: {} to close every session.",
    );
  }
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined) throw new TypeError(`filter.${name} is undefined: leave it out to close whatever it is.`);
  }
}
