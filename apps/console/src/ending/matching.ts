import type { SessionFilter, SessionPage } from '@pip-sessions/contract/v2';
import { endSessions } from '../api/commands.ts';
import { listSessions } from '../api/queries.ts';
import { call, serviceTime } from '../api/service.ts';
import { requestFilter, type ViewFilter } from '../sessions/filter.ts';
import type { ListedSession } from '../sessions/listed-session.ts';
import type { EndTarget } from './bulk-end.ts';

/** Where the sessions of a bulk end come from. */
export type ManySource =
  | { readonly kind: 'selected'; readonly sessions: readonly ListedSession[] }
  | { readonly kind: 'filter'; readonly filter: ViewFilter; readonly except: readonly string[] };

/** The sessions that a bulk end would end. */
export interface Matching {
  readonly target: EndTarget;
  readonly count: number;
  readonly users: number;
  /** Whether there are sessions whose users were not counted. */
  readonly isAtLeast: boolean;
  /** The sessions that were read, the newest first. */
  readonly sessions: readonly ListedSession[];
}

/** Sessions that are read to count their users and to name them in the CSV file. */
const READ_MAX = 2_000;
/** The maximum of sessions whose ids a dry run returns. */
const DRY_RUN_MAX = 1_000;

/** Counts what a bulk end would end, and ends nothing. */
export async function countMatching(source: ManySource, signal: AbortSignal): Promise<Matching> {
  if (source.kind === 'selected') return matching({ kind: 'selected', sessions: source.sessions }, source.sessions);
  // Time spans count from this moment on, for all requests.
  const filter = requestFilter({ ...source.filter, states: 'live' }, serviceTime());
  const except = new Set(source.except);
  const dryRun = await endSessions({ filter, except: source.except, dry_run: true, limit: DRY_RUN_MAX }, signal);
  const count = dryRun.more ? (await total(filter, signal)) - except.size : dryRun.ids.length;
  const sessions = (await read(filter, signal)).filter(({ id }) => !except.has(id));
  return matching({ kind: 'filter', filter, except: source.except, count }, sessions);
}

function matching(target: EndTarget, sessions: readonly ListedSession[]): Matching {
  const count = target.kind === 'filter' ? target.count : sessions.length;
  const users = new Set(sessions.map(({ user_id }) => user_id)).size;
  return { target, count, users, sessions, isAtLeast: sessions.length < count };
}

async function total(filter: SessionFilter, signal: AbortSignal): Promise<number> {
  const page = await call<SessionPage>('v2/sessions', { query: { ...filter, limit: 1, total: true }, signal });
  return page.total ?? 0;
}

async function read(filter: SessionFilter, signal: AbortSignal): Promise<ListedSession[]> {
  const sessions: ListedSession[] = [];
  let cursor: string | null = null;
  do {
    const page = await listSessions(filter, { cursor, signal });
    sessions.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && sessions.length < READ_MAX);
  return sessions;
}
