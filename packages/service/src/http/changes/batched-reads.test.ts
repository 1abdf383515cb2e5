import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type CachedSessionsClient, createCachedSessionsClient } from '@pip-sessions/client';
import { startTestServer } from '../../../../../testing/http/test-server.ts';

/** Tests of a client with a cache that reads many sessions at once. */

type Sent = { readonly path: string; readonly tokens: number };

/** A client with a cache, its requests that validate, and a hook that runs before each response to them. */
async function start(t: TestContext) {
  const server = await startTestServer({ v2: { value_limit: 1_000_000 }, body_limit: 3_000_000 });
  t.after(server.stop);
  const sent: Sent[] = [];
  const hooks = { beforeResponse: async () => {} };
  const client = createCachedSessionsClient({
    url: server.url,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const { pathname } = new URL(url);
      if (!pathname.includes('validate')) return response;
      const body = JSON.parse(String(init.body)) as { readonly tokens?: readonly string[] };
      sent.push({ path: pathname.slice('/v2/sessions/'.length), tokens: body.tokens?.length ?? 1 });
      await hooks.beforeResponse();
      return response;
    },
  });
  t.after(client.stop);
  const open = async (count: number, more: object = {}) => {
    const opening = Array.from({ length: count }, (_, n) => client.open({ user_id: `u${n}`, ...more }));
    const opened = await Promise.all(opening);
    // The first validation starts the activity window of a session.
    server.clock.advance(1);
    return opened.map(({ session, token }) => ({ id: session.id, token }));
  };
  await fresh(client);
  return { server, client, open, sent, hooks };
}

async function fresh(client: CachedSessionsClient): Promise<void> {
  while (!client.cacheStats().fresh) await new Promise((resolve) => setImmediate(resolve));
}

const readAll = (client: CachedSessionsClient, opened: readonly { readonly token: string }[]) =>
  Promise.all(opened.map(({ token }) => client.read(token)));

test('reads of one turn share a request, and are cached each', async (t) => {
  const { client, open, sent } = await start(t);
  const opened = await open(300);
  const sessions = await readAll(client, opened);
  assert.deepEqual(
    sessions.map((session) => session?.id),
    opened.map(({ id }) => id),
  );
  assert.deepEqual(
    sent.toSorted((a, b) => b.tokens - a.tokens),
    [
      { path: 'validate-many', tokens: 256 },
      { path: 'validate-many', tokens: 44 },
    ],
  );
  sent.length = 0;
  await readAll(client, opened);
  assert.equal(sent.length, 0);
});

test('one read in a turn is an ordinary validation', async (t) => {
  const { client, open, sent } = await start(t);
  const [one] = await open(1);
  await Promise.all([client.read(one?.token ?? ''), client.read(one?.token ?? '')]);
  assert.deepEqual(sent, [{ path: 'validate', tokens: 1 }]);
});

test('a token that the service rejects, or large sessions, do not fail other reads', async (t) => {
  const { client, open } = await start(t);
  const opened = await open(6, { data: 'x'.repeat(900_000) });
  assert.ok((await readAll(client, opened)).every((session) => session !== null));
  const [one] = await open(1);
  const [good, bad] = await Promise.allSettled([client.read(one?.token ?? ''), client.read('x'.repeat(5000))]);
  assert.equal(good.status, 'fulfilled');
  assert.equal(bad.status === 'rejected' && bad.reason.code, 'INVALID_DATA');
});

for (const how of ['read', 'validateMany'] as const) {
  test(`${how}: a session that changes during a batched read is not cached`, async (t) => {
    const { server, client, open, hooks } = await start(t);
    const [last, ...opened] = await open(4);
    const tokens = opened.map(({ token }) => token);
    const [changed] = opened;
    assert.ok(last && changed);
    await client.read(last.token);
    hooks.beforeResponse = async () => {
      // The service has validated the tokens, and the client receives the change before the response.
      await server.sessions.close(changed.id);
      await server.sessions.close(last.id);
      while (client.peek(last.token) !== undefined) await new Promise((resolve) => setImmediate(resolve));
    };
    if (how === 'read') await readAll(client, opened);
    else await client.validateMany(tokens);
    hooks.beforeResponse = async () => {};
    assert.deepEqual(
      tokens.map((token) => client.peek(token)?.id),
      [undefined, ...opened.slice(1).map(({ id }) => id)],
    );
    const [first] = (await client.validateMany(tokens)).results;
    assert.deepEqual(first, { active: false, reason: 'closed' });
  });
}

test('validateMany serves cached sessions, and requests the others once', async (t) => {
  const { server, client, open, sent } = await start(t);
  const opened = await open(4);
  const tokens = opened.map(({ token }) => token);
  await readAll(client, opened.slice(0, 2));
  sent.length = 0;
  const list = [...tokens.toReversed(), 'x', ...tokens];
  const { results } = await client.validateMany(list);
  assert.deepEqual(
    results.map((validation) => (validation.active ? validation.session.id : validation.reason)),
    list.map((token) => opened.find((one) => one.token === token)?.id ?? 'unknown'),
  );
  assert.deepEqual(sent, [{ path: 'validate-many', tokens: 5 }]);
  const hits = await client.validateMany(tokens);
  assert.equal(sent.length, 1);
  for (const hit of hits.results) {
    assert.ok(hit.active && Object.isFrozen(hit.session));
    assert.ok(hit.age >= 0 && hit.age < 60 && hit.max_age > 0 && hit.max_age <= 60);
  }
  await client.validateMany(tokens, { max_age: 60 });
  assert.deepEqual(sent.at(-1), { path: 'validate-many', tokens: 4 }, 'max_age is of the cache of the service');
  await assert.rejects(client.validateMany([]), { code: 'INVALID_DATA' });
  await assert.rejects(client.validateMany(Array.from({ length: 257 }, () => tokens[0] ?? '')), {
    code: 'INVALID_DATA',
  });
  await server.sessions.settled();
});

test('passive validations of many tokens are served from the cache, and cache nothing', async (t) => {
  const { client, open, sent } = await start(t);
  const opened = await open(2);
  const tokens = opened.map(({ token }) => token);
  await client.read(tokens[0] ?? '');
  sent.length = 0;
  for (let n = 0; n < 2; n += 1) await client.validateMany(tokens, { touch: false });
  assert.deepEqual(sent, [
    { path: 'validate-many', tokens: 1 },
    { path: 'validate-many', tokens: 1 },
  ]);
});
