import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import type { Session } from '../session.ts';
import { Sessions } from '../sessions.ts';
import { ManualClock } from '../time/clock.ts';
import { closeOwn, scanOwn } from './own-sessions.ts';

test('at most `limit` own sessions are ended at a time, and more says that others are left', async () => {
  const sessions = new Sessions(new MemoryStore({ sessions_max: 10 }), new ManualClock());
  const { token } = await sessions.openWithToken({ user_id: 'u' }, null);
  for (let n = 0; n < 3; n += 1) await sessions.open({ user_id: 'u' });
  const steps = [];
  for (let step = 0; step < 2; step += 1) {
    const { ids, more } = await closeOwn(sessions, token, { limit: 2 });
    steps.push([ids.length, more]);
  }
  assert.deepEqual(steps, [
    [2, true],
    [1, false],
  ]);
  assert.equal(await sessions.count({ user_id: 'u', active: true }), 1);
});

test('a session that was just revoked ends no others, even if a cache has it as live', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const cached = new Map<string, Session>();
  const lookup = {
    peek: () => undefined,
    find: async (id: string, age_ms_max: number) => {
      const session = age_ms_max > 0 ? cached.get(id) : undefined;
      return session ? { session, age_ms: 1 } : { session: await store.find(id), age_ms: 0 };
    },
    update: store.update.bind(store),
  };
  const sessions = new Sessions(store, new ManualClock(), {}, () => {}, lookup);
  const { token, session } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.open({ user_id: 'u' });
  cached.set(session.id, session);
  await sessions.close(session.id, 'revoked');
  assert.equal((await sessions.validate(token)).active, true);
  const ended = { code: 'SESSION_CLOSED', details: { reason: 'revoked' } };
  await assert.rejects(closeOwn(sessions, token, { limit: 10 }), ended);
  await assert.rejects(scanOwn(sessions, token, { after: null, take: 10 }), ended);
  assert.equal(await sessions.count({ user_id: 'u', active: true }), 1);
});
