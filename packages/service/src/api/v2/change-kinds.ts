import type { SessionChange } from '../../domain/changes.ts';
import { invalidMember } from '../../domain/errors.ts';

/** By which listeners choose what they hear; of a `gap` every listener hears. */
export const CHANGE_KINDS = ['opened', 'changed', 'ended', 'removed'] as const;
type ChangeKind = (typeof CHANGE_KINDS)[number];

export const KINDS_HEADER = 'sessions-change-kinds';

/** Kinds as bits, so that one comparison says whether a listener wants an event. */
const BITS: Readonly<Record<ChangeKind, number>> = { opened: 1, changed: 2, ended: 4, removed: 8 };
export const ALL_KINDS = 15;

/** The bit of a change; all of them for what everyone hears. */
export function kindOf(change: SessionChange): number {
  if (change.type === 'gap') return ALL_KINDS;
  if (change.type === 'removed') return BITS.removed;
  if (change.close_reason !== null) return BITS.ended;
  return change.revision === 1 ? BITS.opened : BITS.changed;
}

/** The bits that the header asks for; all without it. Throws `INVALID_DATA`. */
export function kindsOf(header: string | string[] | undefined): number {
  if (header === undefined) return ALL_KINDS;
  let kinds = 0;
  for (const name of String(header).split(',')) {
    const kind = CHANGE_KINDS.find((known) => known === name.trim());
    if (kind === undefined) {
      throw invalidMember('Sessions-Change-Kinds', `must be some of ${CHANGE_KINDS.join(', ')}, separated by commas`);
    }
    kinds |= BITS[kind];
  }
  return kinds;
}
