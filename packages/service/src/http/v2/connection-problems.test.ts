import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Compile, type TSchema } from '#typebox';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { PROBLEMS } from '../../api/error-codes.ts';
import { openapiV2, type PROBLEMS_OF_CONNECTIONS } from '../../api/v2/document.ts';

const { components } = openapiV2() as { readonly components: { readonly schemas: Record<string, TSchema> } };
const validator = Compile(components.schemas.ConnectionError ?? {});

/** Sends bytes to a service, and returns everything that it sends until it closes the connection. */
async function sendBytes(t: TestContext, text: string): Promise<string> {
  const server = await startTestServer();
  t.after(server.stop);
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      answer += piece;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

function assertRefused(answer: string, problem: (typeof PROBLEMS_OF_CONNECTIONS)[number], code: string): void {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const body: unknown = JSON.parse(rest.join(''));
  const { status } = PROBLEMS[problem];
  assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
  assert.match(head, /^content-type: application\/json; charset=utf-8$/m);
  assert.match(head, /^connection: close$/m);
  assert.deepEqual(validator.Errors(body), []);
  assert.partialDeepStrictEqual(body, { code, status });
}

test('INVALID_REQUEST: invalid HTTP is rejected, and the connection is closed', async (t) => {
  assertRefused(await sendBytes(t, 'nonsense\r\n\r\n'), 'INVALID_REQUEST', 'InvalidRequest');
  const unencoded = 'GET /v2/sessions?user_id=é HTTP/1.1\r\nhost: localhost\r\n\r\n';
  assertRefused(await sendBytes(t, unencoded), 'INVALID_REQUEST', 'InvalidRequest');
});

test('[B-04] HEADERS_TOO_LARGE: endless headers are rejected before their end', async (t) => {
  const answer = await sendBytes(t, `GET /v2/stats HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}`);
  assertRefused(answer, 'HEADERS_TOO_LARGE', 'HEADERS_TOO_LARGE');
});

test('[B-04] REQUEST_TIMEOUT: a missing body is waited for only until the limit', async (t) => {
  // Node's clock cannot be mocked, so the event of its timeout check is emitted directly.
  const timeOut = (message: unknown) => {
    const { server, socket } = message as { readonly server: Server; readonly socket: Socket };
    const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    server.emit('clientError', error, socket);
  };
  subscribe('http.server.request.start', timeOut);
  t.after(() => unsubscribe('http.server.request.start', timeOut));
  const head =
    'POST /v2/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n';
  assertRefused(await sendBytes(t, `${head}{"user_`), 'REQUEST_TIMEOUT', 'REQUEST_TIMEOUT');
});
