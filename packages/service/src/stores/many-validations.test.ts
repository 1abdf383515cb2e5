import assert from 'node:assert/strict';
import { StatementSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { onEveryStore } from '../../../../testing/stores/stores.ts';
import { Sessions } from '../domain/sessions.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { Connection as PostgresConnection } from './postgres/connection/connection.ts';
import { Connection as RedisConnection } from './redis/topology/connection.ts';

const TOKENS = 256;

/** How often a store was used to read sessions: statements, transactions, or turns in which commands were sent. */
type Uses = () => number;

const COUNTED: Readonly<Record<string, (t: TestContext) => Uses>> = {
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

function turnsOfReads(t: TestContext): Uses {
  const turns = new Set<number>();
  let turn = 0;
  const send = RedisConnection.prototype.send;
  t.mock.method(RedisConnection.prototype, 'send', function (this: RedisConnection, args: readonly string[]) {
    if (args[0] === 'GET') {
      if (!turns.has(turn)) void setImmediate().then(() => (turn += 1));
      turns.add(turn);
    }
    return send.call(this, args);
  });
  return () => turns.size;
}

onEveryStore((stores) => {
  const counted = COUNTED[stores.name];
  if (!counted) return;
  test(`${stores.name}: 256 tokens are validated with one read of the store`, async (t) => {
    const store = await stores.empty();
    const sessions = new Sessions(store, new ManualClock());
    const opened = await Promise.all(
      Array.from({ length: TOKENS }, (_, n) => sessions.openWithToken({ user_id: `u${n}` }, null)),
    );
    await setImmediate();
    const uses = counted(t);
    const tokens = opened.map(({ token }) => token);
    const validations = await sessions.validateMany(tokens, { is_passive: true });
    assert.equal(validations.filter(({ active }) => active).length, TOKENS);
    assert.equal(uses(), 1);
  });
});
