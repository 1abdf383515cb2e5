import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../stores/memory/store.ts';
import { Sessions } from './sessions.ts';
import { SESSIONS_SETTINGS } from './settings.ts';
import { ManualClock } from './time/clock.ts';

test('touches within the touch interval write nothing and do not shorten the session', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const written: string[] = [];
  const update: MemoryStore['update'] = (...input) => {
    written.push(input[1].type);
    return store.update(...input);
  };
  const clock = new ManualClock();
  const sessions = new Sessions(
    new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        return name === 'update' ? update : typeof member === 'function' ? member.bind(target) : member;
      },
    }),
    clock,
  );
  const { session } = await sessions.open({ user_id: 'u', idle_timeout_ms: 3_600_000 });
  clock.advance(1000);
  for (let touch = 0; touch < 5; touch += 1) {
    assert.equal((await sessions.touch(session.id))?.request_time, clock.now() - touch * 1000);
    clock.advance(1000);
  }
  assert.deepEqual(written, ['touch']);
  clock.advance(SESSIONS_SETTINGS.touch_interval_ms);
  await sessions.touch(session.id);
  assert.deepEqual(written, ['touch', 'touch']);
  await sessions.close(session.id);
  await assert.rejects(sessions.touch(session.id), { code: 'SESSION_CLOSED' });
});
