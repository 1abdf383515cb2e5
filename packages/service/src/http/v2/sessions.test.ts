import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startV2 } from './fixtures/start.ts';

test('a session can be opened, validated, touched, changed, closed and deleted', async (t) => {
  const { send, open, validate } = await startV2(t);
  const { session, token, evicted } = await open({ user_name: 'Ann', data: { cart: [] }, auth_methods: ['pwd'] });
  assert.match(token, /^ps_[0-9a-f]{36}_[A-Za-z0-9_-]{43}$/);
  assert.equal(token.slice(3, 39), session.id);
  assert.deepEqual([session.active, session.revision, session.idle_timeout, evicted], [true, 1, 86_400, []]);
  assert.partialDeepStrictEqual(await validate(token), { active: true, session });
  const stored = await send(`PUT /v2/sessions/${session.id}/data`, { body: [1, 'é', null] });
  assert.deepEqual([stored.body.data, stored.body.revision, stored.headers.get('etag')], [[1, 'é', null], 2, '"2"']);
  const patched = await send(`PUT /v2/sessions/${session.id}/user`, { body: { roles: ['admin'] } });
  assert.deepEqual(patched.body.user, { roles: ['admin'] });
  const closed = await send(`POST /v2/sessions/${session.id}/close`, { body: { reason: 'revoked' } });
  assert.deepEqual([closed.body.active, closed.body.close_reason, closed.body.data], [false, 'revoked', null]);
  assert.deepEqual(await validate(token), { active: false, reason: 'revoked' });
  const again = await send(`POST /v2/sessions/${session.id}/close`);
  assert.deepEqual(again.body, closed.body);
  const refused = await send(`PUT /v2/sessions/${session.id}/data`, { body: 1 });
  assert.deepEqual(
    [refused.status, refused.body.code, refused.body.details],
    [409, 'SESSION_CLOSED', { reason: 'revoked' }],
  );
});

test('both APIs return the same sessions', async (t) => {
  const { send, open, url } = await startV2(t);
  const { session } = await open();
  const post = (command: string, body: object) =>
    fetch(`${url}/v1/sessions/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => response.json() as Promise<{ id: string; user_id: string }>);
  assert.equal((await post('get_session_by_id', { session_id: session.id })).user_id, 'u');
  const old = await post('open_session', { user_id: 'v', data: 7 });
  assert.equal((await send(`GET /v2/sessions/${old.id}`)).body.data, 7);
  await post('close_session', { session_id: session.id });
  assert.equal((await send(`GET /v2/sessions/${session.id}`)).body.close_reason, 'closed');
});

test('[ASVS-7.3.1] both timeouts end a session; validation extends the idle one', async (t) => {
  const { open, validate, clock, send } = await startV2(t);
  const { token } = await open({ idle_timeout: 100, expire_time: new Date(clock.now() + 250_000).toISOString() });
  clock.advance(90_000);
  assert.equal((await validate(token)).active, true);
  clock.advance(90_000);
  assert.equal((await validate(token)).active, true);
  clock.advance(70_000);
  assert.deepEqual(await validate(token), { active: false, reason: 'expired' });
  const other = await open({ idle_timeout: 100 });
  clock.advance(100_000);
  assert.deepEqual(await validate(other.token), { active: false, reason: 'idle' });
  assert.deepEqual((await send('GET /v2/sessions?close_reason=idle')).body.items.length, 1);
});

test('[U-09] activity is written once per interval; unwritten activity counts', async (t) => {
  const { open, validate, clock, send } = await startV2(t);
  const { token, session } = await open({ idle_timeout: 3600 });
  const requestTime = async () => (await send(`GET /v2/sessions/${session.id}`)).body.request_time;
  const opened = clock.now();
  clock.advance(1000);
  await validate(token);
  assert.equal(await requestTime(), new Date(opened + 1000).toISOString());
  clock.advance(59_000);
  await validate(token);
  assert.equal(await requestTime(), new Date(opened + 1000).toISOString());
  clock.advance(3_600_000);
  assert.equal((await validate(token)).active, true, 'an hour after its last activity it is not yet idle');
});

test('[ASVS-7.1.2] a user never exceeds the limit; evicted sessions are returned', async (t) => {
  const limited = (policy: 'deny' | 'evict_oldest' | 'evict_idle') =>
    startV2(t, { settings: { limit: { max: 2, policy } } });
  const deny = await limited('deny');
  await deny.open();
  await deny.open();
  assert.equal((await deny.send('POST /v2/sessions', { body: { user_id: 'u' } })).body.code, 'SESSION_LIMIT');
  assert.equal((await deny.open({ user_id: 'v' })).session.active, true);
  for (const policy of ['evict_oldest', 'evict_idle'] as const) {
    const { open, clock, validate } = await limited(policy);
    const first = await open();
    clock.advance(1000);
    const second = await open();
    clock.advance(1000);
    await validate(first.token);
    const third = await open();
    const [evicted, kept] = policy === 'evict_oldest' ? [first, second] : [second, first];
    assert.deepEqual(third.evicted, [evicted.session.id]);
    assert.deepEqual(await validate(evicted.token), { active: false, reason: 'evicted' });
    assert.equal((await validate(kept.token)).active, true);
  }
});

test('[ASVS-7.4.5] a bulk close accepts any filter, exceptions, a limit and a dry run', async (t) => {
  const { open, send, validate } = await startV2(t);
  const all = await Promise.all(Array.from({ length: 4 }, () => open()));
  const other = await open({ user_id: 'v' });
  const here = all[0];
  const close = async (more: object) =>
    (await send('POST /v2/sessions/close', { body: { filter: { user_id: 'u' }, except: [here.session.id], ...more } }))
      .body;
  const dry = await close({ dry_run: true });
  assert.deepEqual([dry.ids.length, dry.more], [3, false]);
  assert.equal((await validate(all[1].token)).active, true);
  const some = await close({ limit: 2 });
  assert.deepEqual([some.ids.length, some.more], [2, true]);
  assert.deepEqual([(await close({})).ids.length, (await close({})).ids.length], [1, 0]);
  assert.deepEqual(await validate(all[1].token), { active: false, reason: 'revoked' });
  assert.equal((await validate(here.token)).active, true);
  assert.equal((await validate(other.token)).active, true);
  assert.equal((await send('POST /v2/sessions/close', { body: { filter: {} } })).body.ids.length, 2);
});

test('stats have the last sweep with its counts and its lag', async (t) => {
  const { open, send, clock, sessions } = await startV2(t, { settings: { retention_ms: 1000 } });
  assert.equal((await send('GET /v2/stats')).body.sweep, null);
  await open({ idle_timeout: 1 });
  clock.advance(3500);
  await sessions.sweep();
  const time = new Date(clock.now()).toISOString();
  assert.deepEqual((await send('GET /v2/stats')).body.sweep, { time, closed: 1, purged: 1, lag: 2.5 });
});

test('[ASVS-7.1.1] timeouts above the maxima are rejected', async (t) => {
  const settings = { idle_timeout_ms: 60_000, idle_timeout_ms_max: 120_000, lifetime_ms_max: 3_600_000 };
  const { open, send, clock } = await startV2(t, { settings });
  assert.equal((await open()).session.expire_time, new Date(clock.now() + 3_600_000).toISOString());
  for (const [member, value] of [
    ['idle_timeout', 121],
    ['expire_time', new Date(clock.now() + 3_600_001).toISOString()],
    ['expire_time', null],
    ['expire_time', new Date(clock.now()).toISOString()],
  ] as const) {
    const { body } = await send('POST /v2/sessions', { body: { user_id: 'u', [member]: value } });
    assert.deepEqual([body.code, body.details], ['INVALID_DATA', { members: [member] }]);
  }
});
