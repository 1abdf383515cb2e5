import { changed, removed, type SessionChange } from '../../../domain/changes.ts';
import { deadline, type Session } from '../../../domain/session.ts';
import type { PublishedChange } from '../../shared/change-text.ts';
import { HourSums } from '../../shared/hourly-counts.ts';
import { NOTHING_SEALED, type Sealed } from '../feed/feed-messages.ts';
import { INDEXES, type Keys, type Shard, USER_INDEXES } from './keys.ts';
import { type Stored, toText } from './session-codec.ts';

const DAY_MS = 86_400_000;

/** What one session becomes: null before it is there, and after it is gone. */
export type Put =
  | { readonly before: Stored | null; readonly after: Session }
  | { readonly before: Stored; readonly after: null };

/** A write is made only while these, of one user in its shard, are the ones that are open. */
export interface OpenGuard {
  readonly user_id: string;
  readonly ids: readonly string[];
}

export interface WriteRequest {
  readonly shard: Shard;
  readonly puts: readonly Put[];
  readonly guard: OpenGuard | null;
  /** Null where nothing is kept. */
  readonly now: number | null;
}

/** What a write tells: of every change but a touch. */
export function changesOf(puts: readonly Put[]): PublishedChange[] {
  const changes: SessionChange[] = [];
  for (const { before, after } of puts) {
    if (after === null) changes.push(removed(before.session));
    else if (before?.session.revision !== after.revision) changes.push(changed(after));
  }
  return changes.filter((change) => change.type !== 'gap');
}

/** What `stores/redis/data/scripts/write.ts` describes. `seal` makes the message that tells other nodes. */
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

/** The score that sorts the newest first, and ties by id ascending. */
function newestFirst(time: number): string {
  return String(0 - time);
}

/**
 * How long the server keeps a session if nobody sweeps: a day more than a sweep does. It counts from the caller's `now`, so
 * that no clock of the server's says what has expired.
 */
function ttlOf(session: Session, now: number | null, retention_ms: number | null): string {
  if (retention_ms === null || now === null) return '';
  const end = session.close_time ?? deadline(session);
  return String(Math.max(DAY_MS, Math.ceil(end - now + retention_ms) + DAY_MS));
}

/** How many it opens and closes in which hour. */
function countValues(puts: readonly Put[]): string[] {
  const sums = new HourSums();
  for (const { before, after } of puts) {
    if (after === null) continue;
    if (before === null) sums.opened(after);
    else if (before.session.close_reason === null) sums.closed(after);
  }
  const all = sums.all();
  return [String(all.length), ...all.flatMap(({ hour, what, count }) => [String(hour), what, String(count)])];
}
