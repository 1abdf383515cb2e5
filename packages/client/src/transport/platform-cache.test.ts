import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hang, SESSION } from '../fixtures/scripted-fetch.ts';
import { createCachedSessionsClient, createSessionsClient, createSessionsV1Client } from '../index.ts';
import { uncached } from './platform.ts';

/** A `fetch` that writes down how each request may be cached. */
function recording() {
  const caches: unknown[] = [];
  const fetch = async (_url: string, { cache }: RequestInit) => {
    caches.push(cache);
    return Response.json(SESSION);
  };
  return { caches, options: { url: 'http://service', fetch } };
}

test('no request of a client uses a cache of the platform', async () => {
  const { caches, options } = recording();
  const client = createSessionsClient(options);
  await client.get(SESSION.id);
  await client.touch(SESSION.id);
  await createSessionsV1Client(options).closeExpiredSessions(null);
  assert.deepEqual(caches, ['no-store', 'no-store', 'no-store']);
});

test('the change stream uses no cache of the platform', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const fetch = (_url: string, { cache, signal }: RequestInit) => {
    resolve(cache);
    return hang(signal ?? new AbortController().signal, '') as Promise<Response>;
  };
  const client = createCachedSessionsClient({ url: 'http://service', fetch });
  assert.equal(await promise, 'no-store');
  client.stop();
});

test('a platform that rejects the cache option gets requests without it', () => {
  class OldRequest extends Request {
    constructor(url: string, init: RequestInit = {}) {
      if (init.cache !== undefined)
        throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.");
      super(url, init);
    }
  }
  assert.deepEqual(uncached(OldRequest as typeof Request), {});
  assert.deepEqual(uncached(Request), { cache: 'no-store' });
});
