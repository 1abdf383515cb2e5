import { changed, removed, type SessionChange } from '../../../domain/changes.ts';
import { deadline, type Session } from '../../../domain/session.ts';
import type { PublishedChange } from '../../shared/change-text.ts';
import { HourlySums } from '../../shared/hourly-counts.ts';
import { NOTHING_SEALED, type Sealed } from '../feed/feed-messages.ts';
import { INDEXES, type Keys, type Shard, USER_INDEXES } from './keys.ts';
import { type Stored, toText } from './session-codec.ts';

const DAY_MS = 86_400_000;

/** The change of one session: `before` is null for a new session, and `after` is null for a deleted one. */
export type Put =
  | { readonly before: Stored | null; readonly after: Session }
  | { readonly before: Stored; readonly after: null };

/** The write happens only if these are the open sessions of the user in the shard. */
export interface OpenGuard {
  readonly user_id: string;
  readonly ids: readonly string[];
}

export interface WriteRequest {
  readonly shard: Shard;
  readonly puts: readonly Put[];
  readonly guard: OpenGuard | null;
  /** The time for computing TTLs; null for a write that stores no session. */
  readonly now: number | null;
}

/** The changes that a write publishes: all except touches. */
export function changesOf(puts: readonly Put[]): PublishedChange[] {
  const changes: SessionChange[] = [];
  for (const { before, after } of puts) {
    if (after === null) changes.push(removed(before.session));
    else if (before?.session.revision !== after.revision) changes.push(changed(after));
  }
  return changes.filter((change) => change.type !== 'gap');
}

/** The keys and values that `scripts/write.ts` documents. `seal` creates the message for other nodes. */
export function keysAndValues(
  keys: Keys,
  { shard, puts, guard, now }: WriteRequest,
  seal: (shard: Shard, changes: readonly PublishedChange[]) => Sealed,
  retention_ms: number | null,
): { readonly keys: string[]; readonly values: string[] } {
  const guarded = guard ? keys.userIndex(shard, 'due', guard.user_id) : keys.index(shard, 'due');
  const names = [...INDEXES.map((index) => keys.index(shard, index)), ...[keys.hours(shard), keys.seq(shard), guarded]];
  const changes = changesOf(puts);
  const { text, secret } = changes.length === 0 ? NOTHING_SEALED : seal(shard, changes);
  const values = [keys.channel, text, secret, ...guardValues(guard), ...countValues(puts)];
  for (const { before, after } of puts) {
    const { id, user_id } = after ?? before.session;
    names.push(keys.session(id), ...USER_INDEXES.map((index) => keys.userIndex(shard, index, user_id)));
    values.push(id, before?.stamp ?? '', ...(after ? sessionValues(after, ttlOf(after, now, retention_ms)) : DELETED));
  }
  return { keys: names, values };
}

const DELETED = ['', '', '', '', '', ''] as const;

function guardValues(guard: OpenGuard | null): string[] {
  return guard ? ['1', String(guard.ids.length), ...guard.ids] : ['', '0'];
}

function sessionValues(session: Session, ttl: string): string[] {
  const { open_time, request_time, close_time } = session;
  const due = close_time === null ? String(deadline(session)) : '';
  return [toText(session), newestFirst(open_time), newestFirst(request_time), due, String(close_time ?? ''), ttl];
}

/** The score that sorts the latest first, then by id. */
function newestFirst(time: number): string {
  return String(0 - time);
}

/**
 * TTL in the server of a session that is not swept: one day longer than the retention. It is relative to the caller's
 * `now`, so that the server's clock never decides what has expired.
 */
function ttlOf(session: Session, now: number | null, retention_ms: number | null): string {
  if (retention_ms === null || now === null) return '';
  const end = session.close_time ?? deadline(session);
  return String(Math.max(DAY_MS, Math.ceil(end - now + retention_ms) + DAY_MS));
}

/** How many sessions the write opens and closes in each hour. */
function countValues(puts: readonly Put[]): string[] {
  const sums = new HourlySums();
  for (const { before, after } of puts) {
    if (after === null) continue;
    if (before === null) sums.opened(after);
    else if (before.session.close_reason === null) sums.closed(after);
  }
  const all = sums.all();
  return [String(all.length), ...all.flatMap(({ hour, what, count }) => [String(hour), what, String(count)])];
}
