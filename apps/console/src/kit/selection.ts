/** The ids of rows that are selected. */
export type Selection = Readonly<Record<string, true>>;

export function selectionOf(ids: readonly string[]): Selection {
  return Object.fromEntries(ids.map((id) => [id, true as const]));
}

export function without(selection: Selection, ids: readonly string[]): Selection {
  return selectionOf(Object.keys(selection).filter((id) => !ids.includes(id)));
}

/** The ids from one row to another, in either direction. The last one alone if the first is not in the list. */
export function idsBetween(ids: readonly string[], first: string | null, last: string): readonly string[] {
  const from = first === null ? -1 : ids.indexOf(first);
  const to = ids.indexOf(last);
  return from === -1 || to === -1 ? [last] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}
