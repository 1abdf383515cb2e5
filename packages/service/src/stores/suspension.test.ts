import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SHIFTS, shiftedClocks } from '../../../../testing/service/shifted-clocks.ts';
import { onSharedStores, type TestedStores } from '../../../../testing/stores/stores.ts';
import { Sessions } from '../domain/sessions.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { elapsedTime } from '../domain/time/elapsed-time.ts';
import { NearSessions } from '../near-sessions/near-sessions.ts';
import { watermarkReached } from './conformance/told.ts';

const BOUNDS = { sessions_max: 1_000, bytes_max: 1_000_000 };

function failed(error: unknown): never {
  throw error;
}

/** A node that caches a session which another node has revoked. The node never receives the change. */
async function startWithMissedChange(t: TestContext, stores: TestedStores) {
  const store = await stores.empty();
  const clock = new ManualClock();
  t.mock.method(store, 'watch', () => () => {});
  const here = new Sessions(store, clock, {}, failed, new NearSessions(store, BOUNDS));
  const there = new Sessions(await stores.again(), clock, {}, failed);
  const { session, token } = await there.openWithToken({ user_id: 'u' }, null);
  await watermarkReached(store, elapsedTime());
  await here.validate(token);
  await there.close(session.id, 'revoked');
  return { store, here, token };
}

onSharedStores((stores) => {
  for (const [what, shift] of Object.entries(SHIFTS)) {
    test(`[M-03] ${stores.name}: when ${what}, a node serves no revoked session`, async (t) => {
      const { store, here, token } = await startWithMissedChange(t, stores);
      const shiftClocks = shiftedClocks(t);
      assert.ok((await here.validate(token)).active, 'the session is read from the cache');
      shiftClocks(shift);
      assert.ok(elapsedTime() - store.watermark() >= 10_000, 'the watermark of the feed is old');
      assert.deepEqual(await here.validate(token), { active: false, reason: 'revoked' });
      // The feed becomes complete again by itself.
      await watermarkReached(store, elapsedTime());
      assert.ok(store.watermark() <= elapsedTime());
    });
  }
});
