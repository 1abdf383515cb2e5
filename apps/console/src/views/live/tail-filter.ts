import type { TailEvent, TailKind } from './tail.ts';

/** The changes that are shown. */
export interface TailFilter {
  readonly kind: TailKind | 'all';
  /** A session id or its beginning, an exact user id, or a part of what is known about the session. */
  readonly text: string;
  /** The beginning of the ids of the user's sessions, if the text is a user id; null if it cannot be computed. */
  readonly prefix: string | null;
}

/** `known`: what has been read about a session, as one text. */
export function filterTail(
  events: readonly TailEvent[],
  { kind, text, prefix }: TailFilter,
  known: (id: string) => string | null,
): readonly TailEvent[] {
  const wanted = text.trim().toLowerCase();
  return events.filter((event) => {
    // A gap belongs to every list: what is missing may have matched.
    if (event.kind === 'gap') return true;
    if (kind !== 'all' && event.kind !== kind) return false;
    if (wanted === '' || event.id.startsWith(wanted)) return true;
    const about = known(event.id);
    // Other users have sessions with the same beginning, so what has been read decides.
    return about === null ? prefix !== null && event.id.startsWith(prefix) : about.toLowerCase().includes(wanted);
  });
}

/** The first 16 bits of the SHA-256 of a user id, in hex: the sessions of the user begin with them. */
export async function prefixOf(user_id: string): Promise<string | null> {
  // Browsers have it only on pages that were loaded by https or from this computer.
  if (!globalThis.crypto?.subtle) return null;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(user_id));
  return [...new Uint8Array(hash, 0, 2)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
