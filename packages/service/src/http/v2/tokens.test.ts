import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import { startV2 } from './fixtures/start.ts';

test('[ASVS-16.3] a reused token writes a warning, after unknown tokens', async (t) => {
  const { open, validate, rotate, clock, log } = await startV2(t);
  const { token } = await open();
  const events = () =>
    log.map(({ event, level }) => [event, level]).filter(([event]) => /token|compromised/.test(`${event}`));
  await validate(`${token.slice(0, -5)}AAAAA`);
  await rotate(token);
  clock.advance(30_000);
  const { status, body } = await rotate(token);
  assert.deepEqual([status, body.code, body.details], [409, 'SESSION_CLOSED', { reason: 'compromised' }]);
  assert.deepEqual(events(), [
    ['unknown_token', 'warn'],
    ['compromised_session', 'warn'],
  ]);
});

test('[ASVS-16.3] a guessed or late token that lists or ends sessions writes a warning', async (t) => {
  const { open, send, rotate, clock, log } = await startV2(t);
  for (const line of ['POST /v2/sessions/own', 'POST /v2/sessions/own/close']) {
    const { token } = await open();
    const ask = (used: string) =>
      send(line, { body: { token: used, ...(line.endsWith('close') && { others: true }) } });
    const from = log.length;
    await ask(`${token.slice(0, -5)}AAAAA`);
    await rotate(token);
    clock.advance(30_000);
    assert.deepEqual((await ask(token)).body.details, { reason: 'compromised' });
    const events = log.slice(from).flatMap(({ event }) => (/token|compromised/.test(`${event}`) ? [event] : []));
    assert.deepEqual(events, ['unknown_token', 'compromised_session'], line);
    clock.advance(3_600_000);
  }
});

test('each unknown and each reused token among many is logged', async (t) => {
  const { open, send, rotate, clock, log } = await startV2(t);
  const { token } = await open();
  const reused = await open();
  await rotate(reused.token);
  clock.advance(30_000);
  const tokens = [token, 'invented', reused.token];
  const { status, body } = await send('POST /v2/sessions/validate-many', { body: { tokens } });
  assert.deepEqual([status, body.results.length], [200, 3]);
  const events = log.map(({ event }) => event).filter((event) => /token|compromised/.test(`${event}`));
  assert.deepEqual(events, ['unknown_token', 'compromised_session']);
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
