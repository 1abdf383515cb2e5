import type { SessionChange } from '../../domain/changes.ts';
import { invalidMember } from '../../domain/errors.ts';

/** The kinds of changes that a listener can select. Every listener gets `gap`. */
export const CHANGE_KINDS = ['opened', 'changed', 'ended', 'removed'] as const;
/** The kind of a change of a session. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const KINDS_HEADER = 'sessions-change-kinds';

/** Kinds as bits: one comparison decides whether a listener gets an event. */
const BITS: Readonly<Record<ChangeKind, number>> = { opened: 1, changed: 2, ended: 4, removed: 8 };
export const ALL_KINDS = 15;

/** Returns the bit of a change; all bits for a change that every listener gets. */
export function kindOf(change: SessionChange): number {
  if (change.type === 'gap') return ALL_KINDS;
  if (change.type === 'removed') return BITS.removed;
  if (change.close_reason !== null) return BITS.ended;
  return change.revision === 1 ? BITS.opened : BITS.changed;
}

/** Returns the name of the kind of a change. */
export function kindNameOf(change: SessionChange): ChangeKind | 'gap' {
  const bit = kindOf(change);
  return CHANGE_KINDS.find((kind) => BITS[kind] === bit) ?? 'gap';
}

/** Returns the bits of the kinds in the header; all bits if it is absent. Throws `INVALID_DATA`. */
export function kindsOf(header: string | string[] | undefined): number {
  if (header === undefined) return ALL_KINDS;
  let kinds = 0;
  for (const name of String(header).split(',')) {
    const kind = CHANGE_KINDS.find((known) => known === name.trim());
    if (kind === undefined) {
      throw invalidMember('Sessions-Change-Kinds', `must list some of ${CHANGE_KINDS.join(', ')}, separated by commas`);
    }
    kinds |= BITS[kind];
  }
  return kinds;
}
