import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import { startV2 } from './fixtures/start.ts';

test('[ASVS-7.2.1] invalid tokens and wrong secrets are unknown and end no session', async (t) => {
  const { open, validate, log } = await startV2(t);
  const { token, session } = await open();
  const wrong = `${token.slice(0, -5)}AAAAA`;
  for (const candidate of [wrong, `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`, session.id, 'x', 'ps__']) {
    assert.deepEqual(await validate(candidate), { active: false, reason: 'unknown' });
  }
  assert.equal((await validate(token)).active, true);
  assert.ok(log.some((line) => line.event === 'unknown_token'));
});

test('[ASVS-16.3] a rotated token works in its grace; later use ends the session', async (t) => {
  const { open, validate, rotate, clock, log } = await startV2(t);
  const { token } = await open();
  const first = await rotate(token);
  assert.notEqual(first.body.token, token);
  assert.equal((await rotate(token)).body.token, first.body.token);
  assert.equal((await validate(token)).active, true);
  const second = await rotate(first.body.token);
  assert.equal((await rotate(token)).body.token, first.body.token, 'older tokens get the same successor too');
  clock.advance(30_000);
  assert.equal((await validate(second.body.token)).active, true);
  const reused = await rotate(token);
  assert.deepEqual(
    [reused.status, reused.body.code, reused.body.details.reason],
    [409, 'SESSION_CLOSED', 'compromised'],
  );
  assert.ok(log.some((line) => line.event === 'compromised_session' && line.level === 'warn'));
  assert.deepEqual(await validate(second.body.token), { active: false, reason: 'compromised' });
});

test('a new authentication does not raise the level of the old token or its successor', async (t) => {
  const { open, validate, rotate } = await startV2(t);
  const { token } = await open();
  const renewed = await rotate(token, { auth_methods: ['pwd', 'otp'], auth_level: 2 });
  assert.deepEqual([renewed.body.session.auth_methods, renewed.body.session.auth_level], [['pwd', 'otp'], 2]);
  const { session } = await validate(token);
  assert.deepEqual([session?.auth_methods, session?.auth_level], [[], null]);
  const refused = await rotate(token);
  assert.deepEqual([refused.status, refused.body.code], [409, 'TOKEN_REPLACED']);
  assert.equal((await rotate(token, { auth_methods: ['pwd', 'otp'], auth_level: 2 })).body.token, renewed.body.token);
});

test('[K-05] validating a rotated token after its grace ends the session', async (t) => {
  const { open, validate, rotate, clock } = await startV2(t);
  const { token } = await open();
  const { body } = await rotate(token);
  clock.advance(30_000);
  assert.deepEqual(await validate(token), { active: false, reason: 'compromised' });
  assert.deepEqual(await validate(body.token), { active: false, reason: 'compromised' });
});

test('a reused token is unknown if its session was deleted before', async (t) => {
  const store = new MemoryStore({ sessions_max: 10 });
  const { open, rotate, clock } = await startV2(t, { store });
  const { token, session } = await open();
  await rotate(token);
  clock.advance(30_000);
  const update = store.update.bind(store);
  store.update = async (id, ...rest) => {
    await store.remove(session.id);
    return update(id, ...rest);
  };
  const { status, body } = await rotate(token);
  assert.deepEqual([status, body.code], [404, 'TOKEN_UNKNOWN']);
});

test('repeating an open request returns the same session and token, also once rotated', async (t) => {
  const { open, rotate } = await startV2(t);
  const headers = { 'idempotency-key': '0123456789abcdef' };
  const first = await open({}, headers);
  const again = await open({}, headers);
  assert.deepEqual([again.token, again.session.id], [first.token, first.session.id]);
  await rotate(first.token);
  assert.equal((await open({}, headers)).token, first.token);
  assert.notEqual((await open({ user_id: 'other' }, headers)).session.id, first.session.id);
  assert.notEqual((await open({}, { 'idempotency-key': '0123456789abcdeF' })).session.id, first.session.id);
});
