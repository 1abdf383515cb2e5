import type { SessionChange } from '../../domain/changes.ts';
import type { CloseReason } from '../../domain/session.ts';

/** A change as nodes send it to each other. Gaps are local to each node. */
export type PublishedChange = Exclude<SessionChange, { type: 'gap' }>;

/** The change as one line of text. */
export function toChangeText(change: PublishedChange): string {
  const { id, user_id } = change;
  return JSON.stringify(
    change.type === 'removed' ? [id, user_id] : [id, user_id, change.revision, change.close_reason],
  );
}

/** Null if the text is not a change: another version of the service may have written it. */
export function fromChangeText(text: string): PublishedChange | null {
  const members = listFrom(text);
  if (!members) return null;
  const [id, user_id, revision, close_reason] = members;
  if (typeof id !== 'string' || typeof user_id !== 'string') return null;
  if (members.length === 2) return { type: 'removed', id, user_id };
  // A newer version may have a reason that is unknown here: the session has ended in any case.
  const isReason = close_reason === null || typeof close_reason === 'string';
  if (members.length !== 4 || !Number.isSafeInteger(revision) || !isReason) return null;
  return { type: 'changed', id, user_id, revision: Number(revision), close_reason: close_reason as CloseReason | null };
}

/** Null if the text is not a JSON array. */
function listFrom(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
