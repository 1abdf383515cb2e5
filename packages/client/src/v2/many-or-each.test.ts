import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, clientOf, problem, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';

const UNKNOWN = { active: false, reason: 'unknown' };
const VALID = { active: true, session: SESSION, max_age: 60, age: 0 };

for (const [status, code] of [
  [404, 'NOT_FOUND'],
  // Before this route, the path was that of a session with the id `validate-many`.
  [405, 'METHOD_NOT_ALLOWED'],
] as const) {
  test(`with an older service (${status}), each token is validated by its own request`, async () => {
    const { client, sent } = clientOf([problem(status, code), answer(200, VALID), answer(200, UNKNOWN)]);
    const tokens = [TOKEN, ...Array.from({ length: 99 }, () => 'x')];
    const options = { touch: false, correlation_id: 'abc' };
    const { results } = await client.validateMany(tokens, options);
    assert.deepEqual(results, [VALID, ...Array.from({ length: 99 }, () => UNKNOWN)]);
    assert.deepEqual(await client.validateMany(['x']), { results: [UNKNOWN] });
    const paths = sent.map(({ path }) => path);
    assert.deepEqual(paths, [
      '/v2/sessions/validate-many',
      ...Array.from({ length: 101 }, () => '/v2/sessions/validate'),
    ]);
    assert.deepEqual(JSON.parse(sent[1]?.body ?? ''), { token: TOKEN, touch: false });
    assert.equal(sent[1]?.headers.correlation_id ?? sent[1]?.headers['x-correlation-id'], 'abc');
  });
}

test('another error of validateMany is not retried with single tokens', async () => {
  const { client, sent } = clientOf([problem(400, 'INVALID_DATA', { details: { members: ['tokens'] } })]);
  await assert.rejects(client.validateMany([TOKEN]), { code: 'INVALID_DATA', details: { members: ['tokens'] } });
  assert.equal(sent.length, 1);
});

test('with an older service, each checked session is read by its own request', async () => {
  const missing = problem(404, 'SESSION_NOT_FOUND');
  const ended = answer(200, { ...SESSION, active: false, close_reason: 'idle' });
  const { client, sent } = clientOf([problem(405, 'METHOD_NOT_ALLOWED'), answer(200, SESSION), ended, missing]);
  const { id, revision, expires_in } = SESSION;
  const { results } = await client.check([id, 'y', 'z']);
  assert.deepEqual(results, [
    { id, active: true, revision, expires_in },
    { id: 'y', active: false, reason: 'idle' },
    { id: 'z', active: false, reason: 'unknown' },
  ]);
  assert.deepEqual(
    sent.map(({ path }) => path),
    ['/v2/sessions/check', ...[id, 'y', 'z'].map((each) => `/v2/sessions/${each}`)],
  );
});
