import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from './config.ts';
import { createLogger } from './observability/log.ts';
import { startService } from './service.ts';
import { readTls } from './tls.ts';

const KEY = fileURLToPath(new URL('pip/fixtures/localhost.key.pem', import.meta.url));
const CERT = fileURLToPath(new URL('pip/fixtures/localhost.crt.pem', import.meta.url));

test('with a key and a certificate the service speaks HTTPS', async (t) => {
  const settings = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', SESSIONS_TLS_KEY: KEY, SESSIONS_TLS_CERT: CERT };
  const service = await startService(loadConfig(settings), createLogger('silent'));
  t.after(service.stop);
  assert.match(service.url, /^https:/);
  const url = `${service.url.replace('127.0.0.1', 'localhost')}/v2/stats`;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { ca: readFileSync(CERT), agent: false as const, family: 4 };
  get(url, options, (response) => text(response).then(resolve, reject)).on('error', reject);
  assert.equal(JSON.parse(await promise).live, 0);
});

test('files that are missing, or that do not belong together, stop the start by their setting', () => {
  const files = { tls_key: KEY, tls_cert: CERT, tls_ca: null };
  assert.throws(() => readTls({ ...files, tls_cert: '/nowhere.crt' }), {
    code: 'INVALID_CONFIG',
    message: /SESSIONS_TLS_CERT cannot be read: .*\/nowhere\.crt/,
  });
  assert.throws(() => readTls({ ...files, tls_key: CERT }), {
    code: 'INVALID_CONFIG',
    message: /cannot be used for TLS/,
  });
});
