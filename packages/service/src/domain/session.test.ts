import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newSessionId } from './ids.ts';
import { asJsonText } from './json.ts';
import { asOf, isLive, open, type Session } from './session.ts';
import { apply, type SessionUpdate } from './session-update.ts';
import { ManualClock, systemClock } from './time/clock.ts';

const fields = { user_id: 'u', user_name: null, address: null, client: null, user: null, data: null };

/** Rotates to the same secret, so that it can be repeated. */
const ROTATION = { type: 'rotate', from_hash: 'h', to_hash: 'h', nonce: 'n', grace_until: 5 } as const;
const TOKEN = { hash: 'h', lineage: null, open_nonce: null, past: [] };

test('no update changes a closed session, at any time', () => {
  const change: fc.Arbitrary<SessionUpdate> = fc.oneof(
    fc.constant({ type: 'replace', member: 'data', value: asJsonText('1') } as const),
    fc.constant({ type: 'patch', patch: asJsonText('{"a":1}'), bytes_max: 100 } as const),
    fc.constant({ type: 'close', reason: 'closed' } as const),
    fc.integer({ min: 0, max: 9 }).map((touch_window_ms) => ({ type: 'touch', touch_window_ms }) as const),
    fc.constant({ ...ROTATION, authentication: null }),
    fc.integer({ min: 1, max: 100 }).map((idle_timeout_ms) => ({
      type: 'amend' as const,
      changes: { idle_timeout_ms, expire_time: null },
      lifetime_ms_max: null,
      actor_lifetime_ms_max: 3_600_000,
    })),
  );
  const events = fc.array(fc.tuple(change, fc.integer({ min: -50, max: 50 })), { maxLength: 30 });
  const deadlines = fc.record({
    idle_timeout_ms: fc.integer({ min: 1, max: 60 }),
    expire_time: fc.option(fc.integer({ min: 0, max: 200 })),
  });
  const property = fc.property(events, deadlines, (steps, limits) => {
    let session: Session = open('s', { ...fields, ...limits, token: TOKEN }, 0);
    let now = 0;
    let ended: Session | null = null;
    for (const [next, ms] of steps) {
      // Times never decrease here: the clock guarantees it, also if the machine's clock steps back.
      now += Math.max(0, ms);
      const applied = apply(session, next, now);
      assert.equal(applied.outcome === 'refused', !isLive(session, now));
      session = applied.session;
      const seen = asOf(session, now);
      if (ended) assert.deepEqual(seen, ended);
      if (seen.close_time !== null) ended = seen;
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('a session that reaches both deadlines at once is closed as expired', () => {
  const session = open('s', { ...fields, idle_timeout_ms: 10, expire_time: 10 }, 0);
  assert.equal(asOf(session, 9), session);
  assert.deepEqual([asOf(session, 10).close_reason, asOf(session, 99).close_time], ['expired', 10]);
});

test('an expired session has neither user nor data', () => {
  const session = open(
    's',
    { ...fields, user: asJsonText('1'), data: asJsonText('2'), idle_timeout_ms: 5, expire_time: null },
    0,
  );
  assert.deepEqual([asOf(session, 5).user, asOf(session, 5).data], [null, null]);
});

test("[E-02] the clock stands still while the machine's clock steps back", () => {
  const readings = [100, 200, 150, 199, 201];
  const clock = systemClock(() => readings.shift() ?? 0);
  assert.deepEqual([clock.now(), clock.now(), clock.now(), clock.now(), clock.now()], [100, 200, 200, 200, 201]);
  const manual = new ManualClock(5);
  manual.advance(2);
  assert.equal(manual.now(), 7);
});

test('[ASVS-7.2.2] ids of one user share 4 hex digits; the other 32 never repeat', () => {
  const ids = Array.from({ length: 5000 }, () => newSessionId('user'));
  assert.ok(
    ids.every((id) => /^04f8[0-9a-f]{32}$/.test(id)),
    'an id of another shape',
  );
  assert.equal(new Set(ids).size, ids.length);
  assert.notEqual(newSessionId('other').slice(0, 4), '04f8');
});
