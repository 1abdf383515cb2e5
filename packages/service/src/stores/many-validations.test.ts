import assert from 'node:assert/strict';
import { StatementSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { onEveryStore, type TestedStores } from '../../../../testing/stores/stores.ts';
import { Sessions } from '../domain/sessions.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { Connection as PostgresConnection } from './postgres/connection/connection.ts';
import { Connection as RedisConnection } from './redis/topology/connection.ts';
import { WriterThread } from './sqlite/write/writer-thread.ts';

const TOKENS = 256;

/** How often a store was used to read sessions: statements, transactions, or turns in which commands were sent. */
type Uses = () => number;

const READS: Readonly<Record<string, (t: TestContext) => Uses>> = {
  postgres: (t) => {
    const { mock } = t.mock.method(PostgresConnection.prototype, 'query');
    return () => mock.calls.filter((call) => call.arguments[0].name === 'find').length;
  },
  sqlite: (t) => {
    const { mock } = t.mock.method(StatementSync.prototype, 'run');
    return () => mock.calls.filter((call) => (call.this as StatementSync).sourceSQL === 'BEGIN').length;
  },
  redis: turnsOfReads,
  // The commands of one turn are one pipeline for each server.
  'redis cluster': turnsOfReads,
};

/** Redis has no transactions of several writes. */
const WRITES: Readonly<Record<string, { readonly counted: (t: TestContext) => Uses; readonly max: number }>> = {
  postgres: {
    counted: (t) => {
      const { mock } = t.mock.method(PostgresConnection.prototype, 'query');
      return () => mock.calls.filter((call) => call.arguments[0].name?.startsWith('write ')).length;
    },
    max: 1,
  },
  sqlite: {
    counted: (t) => {
      const { mock } = t.mock.method(WriterThread.prototype, 'send');
      return () => mock.calls.filter((call) => call.arguments[0].type === 'commit').length;
    },
    // A commit contains what has arrived: the first does not wait for the end of the turn.
    max: 8,
  },
};

function turnsOfReads(t: TestContext): Uses {
  const turns = new Set<number>();
  let turn = 0;
  const send = RedisConnection.prototype.send;
  t.mock.method(RedisConnection.prototype, 'send', function (this: RedisConnection, args: readonly string[]) {
    // Without the reads of maintenance, which may run beside.
    if (args[0] === 'GET' && args[1]?.includes(':s:')) {
      if (!turns.has(turn)) void setImmediate().then(() => (turn += 1));
      turns.add(turn);
    }
    return send.call(this, args);
  });
  return () => turns.size;
}

async function openMany(stores: TestedStores) {
  const clock = new ManualClock();
  const sessions = new Sessions(await stores.empty(), clock);
  const opened = await Promise.all(
    Array.from({ length: TOKENS }, (_, n) => sessions.openWithToken({ user_id: `u${n}` }, null)),
  );
  clock.advance(1);
  await setImmediate();
  return { sessions, tokens: opened.map(({ token }) => token) };
}

onEveryStore((stores) => {
  const counted = READS[stores.name];
  if (!counted) return;
  test(`${stores.name}: 256 tokens are validated with one read of the store`, async (t) => {
    const { sessions, tokens } = await openMany(stores);
    const uses = counted(t);
    const validations = await sessions.validateMany(tokens, { is_passive: true });
    assert.equal(validations.filter(({ active }) => active).length, TOKENS);
    assert.equal(uses(), 1);
  });

  const writes = WRITES[stores.name];
  if (!writes) return;
  test(`${stores.name}: the activity of 256 validated tokens is written together`, async (t) => {
    const { sessions, tokens } = await openMany(stores);
    const uses = writes.counted(t);
    await sessions.validateMany(tokens);
    await sessions.settled();
    assert.ok(uses() >= 1 && uses() <= writes.max, `${uses()} writes`);
  });
});
