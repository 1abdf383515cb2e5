import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw } from '../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { ROUTES } from '../api/v2/routes.ts';

const DOCUMENTS = [
  '/livez',
  '/readyz',
  '/status',
  '/heartbeat',
  '/openapi.json',
  '/docs',
  '/docs/swagger-ui-bundle.js',
  '/swagger',
];
/** Headers with the time or the length. */
const CHANGING = new Set(['/heartbeat', '/status', '/v2/stats']);

test('HEAD returns the headers of GET without a body, on every path with GET', async (t) => {
  const { url, sessions, stop } = await startTestServer();
  t.after(stop);
  const { session } = await sessions.openWithToken({ user_id: 'u' }, null);
  const paths = ROUTES.filter(({ method }) => method === 'GET').map(({ path }) => path.replace('{id}', session.id));
  for (const path of [...DOCUMENTS, ...paths]) {
    const get = await fetch(url + path);
    const body = await get.text();
    const head = await fetch(url + path, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, ''], path);
    for (const name of ['content-type', 'etag', 'cache-control', 'x-content-type-options']) {
      assert.equal(head.headers.get(name), get.headers.get(name), `${name} of ${path}`);
    }
    if (!CHANGING.has(path)) assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(body)), path);
  }
});

test('a HEAD of the change stream ends and does not count as a listener', async (t) => {
  const { url, stop } = await startTestServer();
  t.after(stop);
  const connection = await connectRaw(url);
  connection.socket.write('HEAD /v2/changes HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  assert.match(await connection.closed, /^HTTP\/1.1 200 .*text\/event-stream.*\r\n\r\n$/s);
});

test('a HEAD of an unknown path, or of one for POST only, has no body either', async (t) => {
  const { url, stop } = await startTestServer();
  t.after(stop);
  const missing = await fetch(`${url}/nothing`, { method: 'HEAD' });
  assert.deepEqual([missing.status, await missing.text()], [404, '']);
  const posted = await fetch(`${url}/v1/sessions/get_sessions`, { method: 'HEAD' });
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'POST']);
});
