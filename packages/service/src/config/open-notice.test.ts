import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from './config.ts';
import { openNotice } from './open-notice.ts';

const KEYS = { SESSIONS_API_KEYS: `web:write:${'0'.repeat(64)}` };

test('[K-03] one sentence states which paths are open without a key, and to whom', () => {
  const tls = { SESSIONS_TLS_KEY: 'k.pem', SESSIONS_TLS_CERT: 'c.pem', SESSIONS_TLS_CA: 'ca.pem' };
  const every = 'can read, change and end every session.';
  const v1 = 'can list, read, change and delete every session, including those of API v2.';
  const cases: [NodeJS.ProcessEnv, string | null][] = [
    [{}, `No API key is required: every program on this machine ${every}`],
    [{ SESSIONS_V1: 'off' }, `No API key is required: every program on this machine ${every}`],
    [{ SESSIONS_HOST: '0.0.0.0' }, `No API key is required: everyone who can reach its address ${every}`],
    [tls, `No API key is required: everyone with a certificate of its authority ${every}`],
    [KEYS, null],
    [{ ...KEYS, SESSIONS_V1: 'off' }, null],
    [{ ...KEYS, SESSIONS_V1: 'open' }, `API v1 requires no key: every program on this machine ${v1}`],
    [
      { ...KEYS, SESSIONS_V1: 'open', SESSIONS_HOST: '10.0.0.1' },
      `API v1 requires no key: everyone who can reach its address ${v1}`,
    ],
  ];
  for (const [env, expected] of cases) assert.equal(openNotice(loadConfig(env)), expected, JSON.stringify(env));
});
