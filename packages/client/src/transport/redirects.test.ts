import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { createCachedSessionsClient, createSessionsClient, createSessionsV1Client } from '../index.ts';
import { listen } from '../middleware/fixtures/listen.ts';

const TOKEN = `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`;

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const { url, stop } = await listen(createServer(listener));
  t.after(stop);
  return url;
}

test('[S-04] the client does not send keys and tokens to the target of a redirect', async (t) => {
  const carried: string[] = [];
  const elsewhere = await serve(t, (request, response) => {
    carried.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end();
  });
  let status = 307;
  const url = await serve(t, (request, response) => {
    response.writeHead(status, { location: elsewhere + request.url }).end();
  });
  const options = { url, key: 'psk_secret', retries: 0 };
  for (status of [301, 302, 303, 307, 308]) {
    const client = createSessionsClient(options);
    await assert.rejects(client.validate(TOKEN), { code: 'INVALID_RESPONSE' });
    await assert.rejects(client.get('id'), { code: 'INVALID_RESPONSE' });
    const v1 = createSessionsV1Client({ url, retries: 0 });
    await assert.rejects(v1.getSessionById('', 'id'), { code: 'INVALID_RESPONSE' });
    const failed = Promise.withResolvers<Error>();
    const cached = createCachedSessionsClient({ ...options, onStreamError: failed.resolve });
    t.after(cached.stop);
    assert.match((await failed.promise).message, new RegExp(`status ${status}`));
  }
  assert.deepEqual(carried, []);
});
