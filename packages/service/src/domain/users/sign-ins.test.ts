import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import { Sessions } from '../sessions.ts';
import { ManualClock } from '../time/clock.ts';
import { consoleUserOf } from './console-users.ts';

const EVERY = { reason: 'revoked', by: 'boss', except: [], limit: 10, dry_run: false } as const;

function service() {
  const clock = new ManualClock();
  const store = new MemoryStore({ sessions_max: 10 });
  return { clock, sessions: new Sessions(store, clock, {}, undefined, undefined, () => ['boss', 'desk']) };
}

test('sign-ins to the console are not listed or counted, and stay when all others end', async () => {
  const { sessions } = service();
  const console = await sessions.open({ user_id: consoleUserOf('boss'), is_of_console: true });
  const { session } = await sessions.open({ user_id: 'ann' });
  const idsOf = async (filter: object) => (await sessions.scan(filter, null, 10)).sessions.map(({ id }) => id);
  assert.deepEqual(await idsOf({}), [session.id]);
  assert.equal(await sessions.count({ active: true }), 1);
  const { live, hours } = await sessions.stats();
  assert.deepEqual([live, hours.map(({ opened }) => opened)], [1, [1]]);
  assert.deepEqual((await sessions.closeMatching({ ...EVERY, filter: {} })).ids, [session.id]);
  const named = { user_id: consoleUserOf('boss') };
  assert.deepEqual(await idsOf(named), [console.session.id]);
  assert.equal(await sessions.count(named), 1);
  assert.deepEqual((await sessions.closeMatching({ ...EVERY, filter: named })).ids, [console.session.id]);
});

test('a list of an opening time has its sessions in pages, and ends with the time', async () => {
  const { clock, sessions } = service();
  const start = clock.now();
  for (let n = 0; n < 10; n += 1) {
    await sessions.open({ user_id: `u${n}` });
    clock.advance(1_000);
  }
  const filter = { opened_after: start + 3_000, opened_before: start + 7_000 };
  const first = await sessions.scan(filter, null, 3);
  const second = await sessions.scan(filter, first.next, 3);
  const users = [first, second].map((page) => page.sessions.map(({ user_id }) => user_id));
  assert.deepEqual(users, [['u6', 'u5', 'u4'], ['u3']]);
  assert.equal(second.next, null);
  assert.equal(await sessions.count(filter), 4);
});
