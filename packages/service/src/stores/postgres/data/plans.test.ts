import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { asJsonText } from '../../../domain/json.ts';
import type { SessionFilter, SessionFilterV1 } from '../../../domain/store.ts';
import { postgresStoreConfig } from '../config.ts';
import { Connection, type Statement } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { Databases, NOW, query, sessionOf } from '../fixtures/databases.ts';
import type { PostgresStore } from '../store.ts';

const DAY_MS = 86_400_000;
const SESSIONS = 30_000;
const USERS = 3_000;
/** A statement may scan these tables sequentially, because they are small. */
const SMALL_TABLES = ['hours', 'leases'];

const databases = new Databases({ settings: { fsync: 'off', autovacuum: 'off' } }, prepare);
const opened: Record<string, { store: PostgresStore; connection: Connection }> = {};
const deadline = new Deadline(600_000);

/** A month of sessions, a tenth of them open. */
async function fill(store: PostgresStore): Promise<void> {
  const inserts = Array.from({ length: SESSIONS }, (_, n) => {
    const open_time = NOW - Math.floor((n / SESSIONS) * 30 * DAY_MS);
    const id = `${(n * 2654435761).toString(16).slice(-8).padStart(8, '0')}${n}`;
    const isOpen = n < SESSIONS / 10;
    const ended = isOpen ? {} : ({ close_time: open_time + 60_000, close_reason: 'closed' } as const);
    const times = { open_time, request_time: open_time, idle_timeout_ms: 30 * DAY_MS };
    return store.insert(sessionOf(id, { ...times, ...ended, user_id: `user ${n % USERS}` }), null, NOW);
  });
  await Promise.all(inserts);
}

async function prepare(): Promise<void> {
  for (const partitions of [1, 16]) {
    const url = `${await databases.server.newDatabase()}?partitions=${partitions}`;
    const config = { writes_waiting_max: SESSIONS, call_timeout_ms: 60_000 };
    const store = await databases.open(url, config);
    await fill(store);
    await query(url, 'ANALYZE sessions');
    const connection = await Connection.open(postgresStoreConfig(url), 60_000, deadline);
    opened[partitions] = { store, connection };
  }
}

/** Every combination of the given properties. */
function combinations<T extends object>(members: readonly T[]): T[] {
  let all = [{} as T];
  for (const member of members) all = [...all, ...all.map((one) => ({ ...one, ...member }))];
  return all;
}

const TIMES: readonly SessionFilterV1[] = [{ from_time: NOW - 15 * DAY_MS }, { to_time: NOW - 14 * DAY_MS }];
const OF_USER: readonly SessionFilterV1[] = [{ id: '00000000' }, { user_id: 'user 7' }];
const V1 = combinations<SessionFilterV1>([...OF_USER, ...TIMES, { active: true }]).flatMap((filter) =>
  filter.active ? [filter, { ...filter, active: false }] : [filter],
);
/** No index serves these properties, so they are tested together. */
const NOT_INDEXED: SessionFilter = { client: 'app', address: '::1', close_reason: 'idle' };
const ALL: readonly SessionFilter[] = V1.flatMap((filter) => [filter, { ...filter, ...NOT_INDEXED }]);

/** A step of a plan (https://www.postgresql.org/docs/15/sql-explain.html, FORMAT JSON). */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** Only with ANALYZE: 0 for a step that was never executed. */
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** The plans of all statements of a call: for their actual values, and generic plans of the prepared statements. */
async function plansOf(partitions: number, call: (store: PostgresStore) => Promise<unknown>): Promise<PlanNode[][]> {
  const { store, connection } = opened[partitions] ?? assert.fail();
  const spy = mock.method(Connection.prototype, 'query');
  await call(store);
  const statements = spy.mock.calls.map(({ arguments: [statement] }) => statement);
  spy.mock.restore();
  await connection.query({ text: 'SET enable_seqscan = off' });
  const plans: PlanNode[][] = [];
  for (const statement of statements) {
    // A sequential scan is allowed here, but must not be chosen if only a part of the table is needed.
    const [setting] = /enable_seqscan = (on|off)/.exec(statement.text) ?? [];
    if (setting) await connection.query({ text: `SET ${setting}` });
    if (/^(BEGIN|COMMIT|ROLLBACK|SET|LISTEN)/.test(statement.text) || statement.name === 'beat') continue;
    plans.push(await planOf(connection, { text: statement.text, values: statement.values ?? [] }));
    if (statement.name !== undefined) plans.push(await genericPlanOf(connection, statement));
  }
  return plans;
}

async function planOf(connection: Connection, { text, values = [] }: Statement, options = ''): Promise<PlanNode[]> {
  const rows = await connection.query({ text: `EXPLAIN (${options}FORMAT JSON) ${text}`, values });
  return nodesOf(rows);
}

async function genericPlanOf(connection: Connection, { text, values = [] }: Statement): Promise<PlanNode[]> {
  const literals = values.map((value) => `'${String(value).replaceAll("'", "''")}'`).join(', ');
  await connection.query({ text: `SET plan_cache_mode = force_generic_plan; PREPARE plan AS ${text}` });
  const execute = `EXECUTE plan ${literals && `(${literals})`}`;
  const rows = await connection.query({ text: `EXPLAIN (FORMAT JSON) ${execute}` });
  await connection.query({ text: 'DEALLOCATE plan; RESET plan_cache_mode' });
  return nodesOf(rows);
}

/** All steps of a plan, the outermost first. */
function nodesOf(rows: Awaited<ReturnType<Connection['query']>>): PlanNode[] {
  const [[json] = []] = rows;
  const [{ Plan }] = (typeof json === 'string' ? JSON.parse(json) : json) as [{ Plan: PlanNode }];
  const all = [Plan];
  for (const node of all) all.push(...(node.Plans ?? []));
  return all;
}

function assertIndexed(plans: readonly PlanNode[][], what: string): void {
  assert.ok(plans.length > 0);
  const read = plans.flat().filter((node) => node['Node Type'] === 'Seq Scan');
  const large = read.map((node) => String(node['Relation Name'])).filter((table) => !SMALL_TABLES.includes(table));
  assert.deepEqual(large, [], `${what} reads tables from end to end`);
}

for (const partitions of [1, 16]) {
  test(`postgres: every page uses an index (${partitions} partitions)`, async () => {
    for (const filter of V1) {
      const page = { skip: 20, take: 20, total: false };
      const plans = await plansOf(partitions, (store) => store.list(filter, page, NOW));
      assertIndexed(plans, `list ${JSON.stringify(filter)}`);
    }
    for (const filter of ALL) {
      const after = { open_time: NOW - 3 * DAY_MS, id: '7' };
      const plans = await plansOf(partitions, (store) => store.scan(filter, after, 20, NOW));
      assertIndexed(plans, `scan ${JSON.stringify(filter)}`);
    }
  });

  test(`postgres: filtered counts use an index (${partitions} partitions)`, async () => {
    const narrow = { from_time: NOW - 2 * DAY_MS, to_time: NOW - DAY_MS };
    const filters = [...combinations<SessionFilter>([...OF_USER, narrow, { client: 'app' }]), { active: true }];
    for (const filter of filters.filter(({ id, user_id, to_time, active }) => id ?? user_id ?? to_time ?? active)) {
      const plans = await plansOf(partitions, (store) => store.count(filter, NOW));
      assertIndexed(plans, `count ${JSON.stringify(filter)}`);
    }
  });

  test(`postgres: finds, writes and sweeps use an index (${partitions} partitions)`, async () => {
    const limit = { max: 1, policy: 'evict_oldest' } as const;
    const calls: Record<string, (store: PostgresStore) => Promise<unknown>> = {
      find: (store) => Promise.all(['00000000', '1', '2'].map((id) => store.find(id))),
      insert: (store) => store.insert(sessionOf('new'), null, NOW),
      limited: (store) => store.insert(sessionOf('newer', { user_id: 'user 7' }), limit, NOW),
      update: (store) => store.update('new', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW),
      remove: (store) => store.remove('new'),
      expire: (store) => store.expire(NOW + DAY_MS, 500),
      purge: (store) => store.purge(NOW - 29 * DAY_MS, 500),
      close: (store) =>
        store.closeMatching(
          { filter: { user_id: 'user 8' }, except: ['x'], reason: 'revoked', limit: 9, dry_run: false },
          NOW,
        ),
    };
    for (const [name, call] of Object.entries(calls)) assertIndexed(await plansOf(partitions, call), name);
  });
}

test('postgres: a find reads only the partitions of its ids', async () => {
  const { connection } = opened[16] ?? assert.fail();
  const spy = mock.method(Connection.prototype, 'query');
  await opened[16]?.store.find('00000000');
  const { text = '', values = [] } =
    spy.mock.calls.find(({ arguments: [{ name }] }) => name === 'find')?.arguments[0] ?? {};
  spy.mock.restore();
  const plan = await planOf(connection, { text, values }, 'ANALYZE, ');
  const executed = plan.filter((node) => node['Index Name'] !== undefined && node['Actual Loops'] !== 0);
  assert.deepEqual(new Set(executed.map((node) => node['Index Name'])), new Set(['sessions_0_pkey']));
});

test('postgres: almost every touch changes no index', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const ids = Array.from({ length: 600 }, (_, n) => `s${n}`);
  await Promise.all(ids.map((id) => store.insert(sessionOf(id), null, NOW)));
  // Each session is touched once a minute, twenty at a time in a scattered order.
  for (let step = 0; step < 30 * 30; step += 1) {
    const now = NOW + 60_000 + step * 2_000;
    const touched = Array.from({ length: 20 }, (_, n) => `s${((step * 20 + n) * 7) % ids.length}`);
    await Promise.all(touched.map((id) => store.update(id, { type: 'touch', touch_window_ms: 0 }, now)));
  }
  await store.close();
  const counts = 'SELECT n_tup_upd::int, n_tup_hot_upd::int FROM pg_stat_user_tables';
  const [[updates, hot] = []] = await query(
    url,
    `SELECT pg_stat_force_next_flush(); ${counts} WHERE relname = 'sessions'`,
  );
  assert.equal(updates, 30 * ids.length);
  assert.ok(Number(hot) / Number(updates) > 0.9, `${hot} of ${updates}`);
});
