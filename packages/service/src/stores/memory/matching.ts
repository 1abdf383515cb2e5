import { BEFORE_ALL_DEADLINES, isMatch, needsSessions, statesOf } from '../../domain/lists/filter.ts';
import type { Session } from '../../domain/session.ts';
import type { PageRequest, ScanKey, SessionFilter, SessionFilterV1 } from '../../domain/store.ts';
import type { Entries, Entry } from './entries.ts';
import type { Kind, OrderedIndex } from './ordered-index.ts';

/** How many sessions one page of a scan may look at. */
export const SCANNED_MAX = 10_000;
/** How many entries are read from an index at a time. */
const CHUNK = 256;

/**
 * A page by rank, and how many sessions match in total. The caller has ended the sessions that are past their deadline.
 */
export function listMatching(
  entries: Entries,
  filter: SessionFilterV1,
  page: PageRequest,
): { readonly sessions: Session[]; readonly total: number } {
  if (filter.id !== undefined) {
    const entry = entries.get(filter.id);
    const matches = entry !== undefined && isMatch(entry.session, filter, BEFORE_ALL_DEADLINES);
    const sessions = matches && page.skip === 0 && page.take > 0 ? [entry.session] : [];
    return { sessions, total: Number(matches) };
  }
  const index = ordersOf(entries, filter)?.byTime;
  if (!index) return { sessions: [], total: 0 };
  const kind = kindOf(filter);
  const { start, total } = rangeOf(index, filter, kind);
  const found = index.slice(kind, start + page.skip, Math.min(page.take, total - page.skip));
  return { sessions: found.map(({ session }) => session), total };
}

export function countMatching(entries: Entries, filter: SessionFilter): number {
  if (!needsSessions(filter)) return listMatching(entries, filter, { skip: 0, take: 0, total: true }).total;
  let count = 0;
  for (const _ of matching(entries, filter)) count += 1;
  return count;
}

/** All sessions that match, latest `open_time` first. The index must not change during the iteration. */
export function* matching(entries: Entries, filter: SessionFilter): Generator<Entry> {
  for (const { entry, isMatch } of walk(entries, filter, null)) if (isMatch) yield entry;
}

/**
 * The sessions after a place, latest `open_time` first, and whether each matches. The index must not change during the
 * iteration.
 */
export function* matchingFrom(
  entries: Entries,
  filter: SessionFilter,
  after: ScanKey | null,
): Generator<{ readonly session: Session; readonly isMatch: boolean }> {
  for (const { entry, isMatch } of walk(entries, filter, after)) yield { session: entry.session, isMatch };
}

function* walk(
  entries: Entries,
  filter: SessionFilter,
  after: ScanKey | null,
): Generator<{ readonly entry: Entry; readonly isMatch: boolean }> {
  const index = ordersOf(entries, filter)?.byOpenTime;
  if (!index) return;
  const kind = kindOf(filter);
  let rank = after ? index.rank(({ session }) => isNotAfter(session, after), kind) : 0;
  for (;;) {
    const chunk = index.slice(kind, rank, CHUNK);
    for (const entry of chunk) yield { entry, isMatch: isMatch(entry.session, filter, BEFORE_ALL_DEADLINES) };
    if (chunk.length < CHUNK) return;
    rank += CHUNK;
  }
}

function isNotAfter(session: Session, { open_time, id }: ScanKey): boolean {
  return session.open_time > open_time || (session.open_time === open_time && session.id <= id);
}

function ordersOf(entries: Entries, { user_id }: SessionFilter) {
  return user_id === undefined ? entries.all : entries.ofUser(user_id);
}

function kindOf(filter: SessionFilter): Kind {
  const { live, ended } = statesOf(filter);
  return live && ended ? 'all' : live ? 'live' : 'ended';
}

function rangeOf(index: OrderedIndex<Entry>, filter: SessionFilter, kind: Kind): { start: number; total: number } {
  const { from_time = Number.NEGATIVE_INFINITY, to_time = Number.POSITIVE_INFINITY } = filter;
  const start = index.rank(({ session }) => session.request_time >= to_time, kind);
  const end = index.rank(({ session }) => session.request_time >= from_time, kind);
  return { start, total: Math.max(0, end - start) };
}
