import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectRaw } from '../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { normalPath, originForm } from './target.ts';

async function ask(t: TestContext) {
  const { url, stop } = await startTestServer({ bounds: { linger_timeout_ms: 5, check_interval_ms: 5 } });
  t.after(stop);
  return async (line: string, body = '') => {
    const connection = await connectRaw(url);
    const framing = body === '' ? '' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    connection.socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${framing}\r\n${body}`);
    return connection.closed;
  };
}

const statusOf = (response: string) => Number(response.slice(9, 12));

test('a URL as the request target is served like its path', async (t) => {
  const send = await ask(t);
  assert.equal(statusOf(await send('GET http://localhost/livez')), 200);
  assert.equal(statusOf(await send('GET HTTP://LOCALHOST:8080/v2/stats?correlation_id=1')), 200);
  assert.equal(statusOf(await send('POST http://localhost/v1/sessions/get_sessions?correlation_id=1', '{}')), 200);
  assert.equal(statusOf(await send('GET http://localhost')), 200);
  assert.match(await send('DELETE http://localhost/v2/stats'), /^HTTP\/1.1 405 .*allow: GET, HEAD\r\n/is);
});

test('without keys, the host of a URL as the request target is checked too', async (t) => {
  const send = await ask(t);
  assert.equal(statusOf(await send('GET http://attacker.example/v2/stats')), 403);
});

test('a target of another form is rejected at once', async (t) => {
  const send = await ask(t);
  assert.match(
    await send('OPTIONS *'),
    /^HTTP\/1.1 204 .*\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/is,
  );
  assert.equal(statusOf(await send('GET *')), 400);
  assert.match(await send('CONNECT example.com:443'), /^HTTP\/1.1 405 .*allow: GET.*"code":"MethodNotAllowed"/is);
});

test('[B-05] a CONNECT request with a reset connection does not stop the service', async (t) => {
  const { url, stop } = await startTestServer();
  t.after(stop);
  for (let n = 0; n < 20; n += 1) {
    const connection = await connectRaw(url);
    connection.socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    if (n % 2 === 0) await connection.until(/405/);
    connection.socket.resetAndDestroy();
    await connection.closed;
  }
  // An uncaught exception would fail this test.
  assert.equal((await fetch(`${url}/livez`)).status, 200);
});

test('escapes of unreserved characters are decoded; an escaped slash is not a slash', async (t) => {
  const send = await ask(t);
  assert.equal(statusOf(await send('GET /v2/%73tats')), 200);
  assert.equal(statusOf(await send('GET /%6c%69vez')), 200);
  assert.equal(statusOf(await send('POST /v1/sessions/get%5Fsessions', '{}')), 200);
  assert.equal(statusOf(await send('POST /v1/sessions%2Fget_sessions', '{}')), 404);
  assert.equal(statusOf(await send('POST /v1%2fsessions/get_sessions', '{}')), 404);
  assert.equal(statusOf(await send('GET /v2%2Fstats')), 404);
  assert.match(await send('PUT /v1/sessions/get%5Fsessions', '{}'), /^HTTP\/1.1 405 .*allow: POST\r\n/is);
});

test('each target has one normal form', () => {
  assert.equal(originForm('/v2/sessions/a%2fb%41?x=%41'), '/v2/sessions/a%2FbA?x=%41');
  assert.equal(originForm('https://h:1?x'), '/?x');
  assert.equal(originForm('/%'), '/%');
  assert.equal(normalPath('/sitzungen ä'), '/sitzungen%20%C3%A4');
  for (const target of ['', 'localhost:80', 'ftp://h/', 'x'])
    assert.throws(() => originForm(target), { code: 'InvalidRequest' });
});
