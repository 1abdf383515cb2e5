import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSafeToServe } from './checks.ts';
import { loadConfig } from './config.ts';

const SESSIONS_API_KEYS = `web:write:${'0'.repeat(64)}`;

test('settings that contradict each other stop the start; the message names both', () => {
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [
      { SESSIONS_IDLE_TIMEOUT: '100', SESSIONS_IDLE_TIMEOUT_MAX: '99' },
      /^SESSIONS_IDLE_TIMEOUT is 100; it must be at most SESSIONS_IDLE_TIMEOUT_MAX, which is 99\.$/,
    ],
    [{ SESSIONS_IDLE_TIMEOUT: '2592001' }, /^SESSIONS_IDLE_TIMEOUT is 2592001; .* which is 2592000\.$/],
    [
      { SESSIONS_BODY_LIMIT: '65535' },
      /^SESSIONS_VALUE_LIMIT is 65536; .* most SESSIONS_BODY_LIMIT, which is 65535\.$/,
    ],
    [
      { SESSIONS_WORKERS: '2' },
      /^SESSIONS_WORKERS is 2, but SESSIONS_STORE is sqlite:data\/sessions\.db, which only one process can use: set it to 1, /,
    ],
    [{ SESSIONS_TLS_KEY: 'k.pem' }, /^SESSIONS_TLS_CERT is missing: TLS needs it together with SESSIONS_TLS_KEY\.$/],
    [{ SESSIONS_TLS_CERT: 'c.pem' }, /^SESSIONS_TLS_KEY is missing: TLS needs it together with SESSIONS_TLS_CERT\.$/],
    [{ SESSIONS_TLS_CA: 'ca.pem' }, /^SESSIONS_TLS_CA needs SESSIONS_TLS_KEY and SESSIONS_TLS_CERT/],
  ];
  for (const [env, message] of cases) assert.throws(() => loadConfig(env), { code: 'INVALID_CONFIG', message });
});

test('settings at the limits of each other are accepted', () => {
  const edge = { SESSIONS_IDLE_TIMEOUT: '99', SESSIONS_IDLE_TIMEOUT_MAX: '99', SESSIONS_BODY_LIMIT: '65536' };
  assert.equal(loadConfig(edge).idle_timeout, 99);
  const shared = { SESSIONS_WORKERS: '64', SESSIONS_STORE: 'redis://127.0.0.1' };
  assert.equal(loadConfig(shared).workers, 64);
  assert.equal(loadConfig({ SESSIONS_WORKERS: '1', SESSIONS_STORE: 'memory:' }).workers, 1);
  const tls = { SESSIONS_TLS_KEY: 'k.pem', SESSIONS_TLS_CERT: 'c.pem', SESSIONS_TLS_CA: 'ca.pem' };
  assert.equal(loadConfig(tls).tls_ca, 'ca.pem');
});

test('without keys the service is served on loopback only', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LocalHost']) {
    assertSafeToServe(loadConfig({ SESSIONS_HOST: host }));
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.example.com', 'localhost.example.com', '::2']) {
    assert.throws(() => assertSafeToServe(loadConfig({ SESSIONS_HOST: host })), { code: 'INVALID_CONFIG' }, host);
  }
});

test('a public address without keys is rejected; the message names both solutions', () => {
  assert.throws(() => assertSafeToServe(loadConfig({ SESSIONS_HOST: '0.0.0.0' })), {
    message:
      'SESSIONS_HOST is 0.0.0.0, which other machines may reach, but no API key is set. Make a key with ' +
      '"pip-sessions key --name <name> --scope <scope>" and add the line that it prints to SESSIONS_API_KEYS; ' +
      'or set SESSIONS_AUTH=none, if everyone in the network may read and end sessions.',
  });
});

test('with keys, or with SESSIONS_AUTH=none, the service may listen on every address', () => {
  assertSafeToServe(loadConfig({ SESSIONS_HOST: '0.0.0.0', SESSIONS_API_KEYS }));
  assertSafeToServe(loadConfig({ SESSIONS_HOST: '0.0.0.0', SESSIONS_AUTH: 'none' }));
});

test('keys that would not be checked are rejected, on loopback too', () => {
  const config = loadConfig({ SESSIONS_AUTH: 'none', SESSIONS_API_KEYS });
  assert.throws(() => assertSafeToServe(config), {
    code: 'INVALID_CONFIG',
    message: /^SESSIONS_AUTH is none, but SESSIONS_API_KEYS has keys, which would not be checked/,
  });
});
