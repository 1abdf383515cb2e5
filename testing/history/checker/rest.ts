import type { HistoryEvent, Seen } from '../history.ts';
import { filterText, isMatch } from './filters.ts';
import type { Knowledge } from './knowledge.ts';
import type { SessionModel } from './session-model.ts';
import { ViolationError } from './violation.ts';

type Rest = Extract<HistoryEvent, { readonly type: 'rest' }>;

/** Checks the promises that hold while no call is in progress and the node's clock stands still. */
export function checkRest(known: Knowledge, rest: Rest): void {
  const sight = known.sightAt(rest.start, rest.time);
  const there = new Set<number>();
  for (const seen of rest.sessions) {
    if (there.has(seen.number)) absent('pages', `session ${seen.number} (${seen.id}) is scanned twice`, seen);
    there.add(seen.number);
    assertExplained(known.see(seen, sight), seen);
  }
  known.pending.settle();
  for (const session of [...known.sessions.values()]) {
    if (there.has(session.number)) continue;
    if (session.is_uncertain) known.drop(session.number);
    else if (known.isSurelyThere(session, rest.start, rest.time)) {
      session.fail('write-survives', 'it does not exist at rest, but no request has removed it', true);
    } else leave(known, session, rest.time);
  }
  assertLimit(known, rest);
  for (const count of rest.counts) assertCount(rest, count);
  if (rest.stats) assertStats(known, rest, rest.stats);
  for (const seen of rest.sessions) {
    const { id, number, user, revision } = seen;
    const session = known.sessions.get(number);
    if (!session) continue;
    known.feeds.expect({ id, number, user, revision, start: session.invoked, time: rest.time });
  }
}

/** A request or a sweep has removed the session. */
function leave(known: Knowledge, session: SessionModel, time: number): void {
  if (session.gone_at !== Number.POSITIVE_INFINITY) return;
  session.gone_at = time;
  known.tallies.removed(session, 'nothing');
}

/** Each revision after the first comes from one change, a rotation, or the end. */
function assertExplained(session: SessionModel, { revision, close_reason }: Seen): void {
  const { made, unknown } = session.revisions;
  const others = revision - 1 - (close_reason === null ? 0 : 1);
  const text = `it rests at revision ${revision}`;
  if (others < made) session.fail('write-survives', `${text}, but ${made} changes succeeded`, true);
  if (others > made + unknown) {
    const message = `${text}, but only ${made} changes succeeded (${unknown} are unknown)`;
    session.fail('revision-has-one-change', message, true);
  }
}

function assertLimit(known: Knowledge, rest: Rest): void {
  const { limit } = known.settings;
  if (limit === null) return;
  const live = Map.groupBy(
    rest.sessions.filter(({ close_reason }) => close_reason === null),
    ({ user }) => user,
  );
  for (const [user, sessions] of live) {
    if (sessions.length <= limit.max) continue;
    const message = `${sessions.length} sessions of ${user} are live at rest, but ${limit.max} are allowed`;
    throw new ViolationError('limit', message, { user });
  }
}

function assertCount(rest: Rest, { filter, count, total, scanned }: Rest['counts'][number]): void {
  const matching = rest.sessions.filter((session) => isMatch(session, filter));
  const text = `at rest on node ${rest.node}, ${filterText(filter)}: ${matching.length} of the full scan match`;
  if (count !== matching.length) absent('count-equals-scan', `${text}, but the count is ${count}`);
  if (total !== null && total !== matching.length) absent('count-equals-scan', `${text}, but the total is ${total}`);
  const ids = new Set(matching.map(({ id }) => id));
  const differs = scanned.length !== ids.size || scanned.some((id) => !ids.has(id));
  if (differs) absent('pages', `${text}, but a scan with the filter returns ${scanned.length}`);
}

function assertStats(known: Knowledge, rest: Rest, stats: NonNullable<Rest['stats']>): void {
  const live = rest.sessions.filter(({ close_reason }) => close_reason === null).length;
  if (stats.live !== live) absent('stats', `at rest ${live} sessions are live, but the statistics show ${stats.live}`);
  known.tallies.assert(stats);
}

function absent(invariant: 'stats' | 'pages' | 'count-equals-scan', message: string, seen?: Seen): never {
  const subject = { user: seen?.user ?? null, number: seen?.number ?? null, is_absence: true };
  throw new ViolationError(invariant, message, subject);
}
