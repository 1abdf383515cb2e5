import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { sessionsClientOf } from '../../api/in-process-client.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';

const START = new ManualClock().now();
const ADMIN = newApiKey('ops', 'admin');
const SHORT = newApiKey('short', 'validate', START + 60_000);

test('GET /v2/keys lists names, scopes, expiries and uses, and no hash', async (t) => {
  const server = await startTestServer({ keys: [ADMIN, SHORT].map(({ configured }) => parseApiKey(configured)) });
  t.after(server.stop);
  const client = createSessionsClient({ url: server.url, key: ADMIN.key });
  const { since, items } = await client.keys();
  const start = '2026-01-01T00:00:00.000Z';
  assert.deepEqual(
    [since, items],
    [
      start,
      [
        { name: 'ops', scope: 'admin', expires: null, last_used: start, uses: 1 },
        { name: 'short', scope: 'validate', expires: '2026-01-01T00:01:00.000Z', last_used: null, uses: 0 },
      ],
    ],
  );
});

test('a service without keys lists none, a client in its process cannot ask for them', async (t) => {
  const server = await startTestServer();
  t.after(server.stop);
  assert.deepEqual((await createSessionsClient({ url: server.url }).keys()).items, []);
  await assert.rejects(sessionsClientOf(server.sessions).keys(), { code: 'NOT_FOUND' });
});

test('a change stream ends when its key expires, others go on', async (t) => {
  const server = await startTestServer({ keys: [ADMIN, SHORT].map(({ configured }) => parseApiKey(configured)) });
  t.after(server.stop);
  const signal = AbortSignal.timeout(30_000);
  const follow = async ({ key }: { readonly key: string }) => {
    const headers = { authorization: `Bearer ${key}` };
    const { body } = await fetch(`${server.url}/v2/changes`, { headers, signal });
    const reader = body?.getReader();
    await reader?.read();
    return reader;
  };
  const [lasting, ending] = [await follow(ADMIN), await follow(SHORT)];
  server.clock.advance(60_000);
  for (let end = await ending?.read(); end && !end.done; ) end = await ending?.read();
  assert.equal((await lasting?.read())?.done, false);
  await lasting?.cancel();
  const again = await fetch(`${server.url}/v2/changes`, { headers: { authorization: `Bearer ${SHORT.key}` } });
  const { detail } = (await again.json()) as { readonly detail: string };
  assert.equal(again.status, 401);
  assert.match(detail, /^The API key short has expired: it was valid until 2026-01-01T00:01:00.000Z/);
});
