import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../observability/log.ts';
import { startService } from '../service.ts';
import { loadConfig } from './config.ts';
import { readTls } from './tls.ts';

const KEY = fileURLToPath(new URL('../../../../testing/certificates/localhost.key.pem', import.meta.url));
const CERT = fileURLToPath(new URL('../../../../testing/certificates/localhost.crt.pem', import.meta.url));

async function start(t: TestContext, more: Record<string, string> = {}): Promise<string> {
  const tls = { SESSIONS_TLS_KEY: KEY, SESSIONS_TLS_CERT: CERT, ...more };
  const settings = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...tls };
  const service = await startService(loadConfig(settings), createLogger('silent'));
  t.after(service.stop);
  assert.match(service.url, /^https:/);
  return service.url.replace('127.0.0.1', 'localhost');
}

function statsOf(url: string, more: RequestOptions = {}): Promise<{ readonly live: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { ca: readFileSync(CERT), agent: false as const, family: 4, ...more };
  get(`${url}/v2/stats`, options, (response) => text(response).then(resolve, reject)).on('error', reject);
  return promise.then((body) => JSON.parse(body));
}

test('[ASVS-12.2] with a key and a certificate the service serves HTTPS', async (t) => {
  assert.equal((await statsOf(await start(t))).live, 0);
});

test('[ASVS-12.2] with a CA, only clients with a certificate of that CA are served', async (t) => {
  const url = await start(t, { SESSIONS_TLS_CA: CERT });
  const known = { key: readFileSync(KEY), cert: readFileSync(CERT) };
  assert.equal((await statsOf(url, known)).live, 0);
  await assert.rejects(statsOf(url), { code: /^(ERR_SSL_|ECONNRESET|EPIPE)/ });
});

test('missing or mismatched TLS files stop the start; the message names the setting', () => {
  const files = { tls_key: KEY, tls_cert: CERT, tls_ca: null };
  assert.throws(() => readTls({ ...files, tls_cert: '/nowhere.crt' }), {
    code: 'INVALID_CONFIG',
    message: /SESSIONS_TLS_CERT cannot be read: .*\/nowhere\.crt/,
  });
  assert.throws(() => readTls({ ...files, tls_key: CERT }), {
    code: 'INVALID_CONFIG',
    message: /cannot be used for TLS/,
  });
  assert.throws(() => readTls({ ...files, tls_ca: KEY }), {
    code: 'INVALID_CONFIG',
    message: /^SESSIONS_TLS_CA has no certificate in .*localhost\.key\.pem\.$/,
  });
});
