import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Scope } from '@pip-sessions/contract/scopes';
import { RequestError } from '../../api/error-codes.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { createLogger } from '../../observability/log.ts';
import { ApiKeys, newApiKey, parseApiKey } from './api-keys.ts';
import { Authenticator } from './authenticate.ts';

const ADDRESS = '192.0.2.1';
const CHALLENGE = { 'www-authenticate': 'Bearer realm="sessions"' };
const WEB = newApiKey('web', 'write');
const STRANGE = newApiKey('strange', 'admin');

/** A server that does not respond: the tests only need requests as Node parses them. */
const server = createServer();
before(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
after(() => server.close());

function received(headers: readonly string[], path = '/'): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    server.once('request', (request, response) => {
      response.end();
      resolve(request);
    });
    const { port } = server.address() as AddressInfo;
    const request = { port, path, headers: ['Host', 'localhost', ...headers], agent: false };
    httpRequest(request, (response) => response.resume()).end();
  });
}

function bearer(key: string): Promise<IncomingMessage> {
  return received(['Authorization', `Bearer ${key}`]);
}

function authenticating(keys: ApiKeys | null = new ApiKeys([parseApiKey(WEB.configured)])) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  const authenticator = new Authenticator({ keys, clock, log });
  const authenticate = (request: IncomingMessage, needed: Scope = 'validate', address = ADDRESS) =>
    authenticator.authenticate(request, needed, address);
  const refusal = (request: IncomingMessage, needed?: Scope, address?: string): RequestError => {
    try {
      authenticate(request, needed, address);
    } catch (error) {
      if (error instanceof RequestError) return error;
      throw error;
    }
    throw new Error('the request was accepted');
  };
  return { clock, lines, authenticate, refusal };
}

test('a service without keys accepts every caller with every right', async () => {
  const { authenticate } = authenticating(null);
  assert.deepEqual(authenticate(await received([]), 'admin'), { key: null, scope: 'admin', address: ADDRESS });
  assert.deepEqual(authenticate(await bearer('wrong'), 'admin'), { key: null, scope: 'admin', address: ADDRESS });
});

test('a service with an empty list of keys rejects every caller', async () => {
  const { refusal } = authenticating(new ApiKeys([]));
  assert.equal(refusal(await bearer(WEB.key)).code, 'UNAUTHORIZED');
});

test('a key gives access for its scope and smaller ones, and identifies the caller', async () => {
  const { authenticate, lines } = authenticating();
  for (const scope of ['validate', 'write'] as const) {
    const caller = authenticate(await bearer(WEB.key), scope);
    assert.deepEqual(caller, { key: 'web', scope: 'write', address: ADDRESS });
  }
  assert.deepEqual(lines, []);
});

test('the scheme may be written in any case', async () => {
  const { authenticate } = authenticating();
  for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
    assert.ok(authenticate(await received(['authorization', `${scheme} ${WEB.key}`])).key, scheme);
  }
});

test('[ASVS-16.3] a key with a smaller scope gets 403 with the needed scope', async () => {
  const { refusal, lines } = authenticating();
  const { code, message } = refusal(await bearer(WEB.key), 'admin');
  assert.equal(code, 'FORBIDDEN');
  assert.equal(message, 'The request requires an API key with scope admin; the key web has scope write.');
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), { event: 'authorization_failed', key: 'web' });
});

test('[K-04] missing, wrong, repeated and malformed keys get 401 and are logged', async () => {
  const { key } = WEB;
  const cases: [string[], string, RegExp][] = [
    [[], 'no_key', /^An API key is required\. Send it in the header "Authorization: Bearer <key>"/],
    [['X-Api-Key', key], 'no_key', /^An API key is required/],
    [['Authorization', `Bearer ${STRANGE.key}`], 'unknown_key', /^The API key is unknown/],
    [['Authorization', `Bearer ${WEB.configured.split(':')[2]}`], 'unknown_key', /^The API key is unknown/],
    [
      ['Authorization', `Bearer ${key}`, 'AUTHORIZATION', `Bearer ${key}`],
      'several_headers',
      /several Authorization headers/,
    ],
    [
      ['Authorization', `Bearer ${key}`, 'AUTHORIZATION', 'Basic YTpi'],
      'several_headers',
      /several Authorization headers/,
    ],
    [['Authorization', ''], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', key], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', 'Bearer'], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', `Basic ${key}`], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', `Bearer ${key} ${key}`], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', `Bearer ${key}, Bearer ${key}`], 'malformed_header', /^The header Authorization must have/],
    [['Authorization', `Bearer "${key}"`], 'malformed_header', /^The header Authorization must have/],
  ];
  for (const [headers, reason, message] of cases) {
    const { refusal, lines } = authenticating();
    const error = refusal(await received(headers));
    assert.deepEqual([error.code, error.headers], ['UNAUTHORIZED', CHALLENGE], reason);
    assert.match(error.message, message);
    const line = JSON.parse(lines[0] ?? '');
    assert.partialDeepStrictEqual(line, { level: 'warn', event: 'authentication_failed', address: ADDRESS, reason });
  }
});

test('an expired key gets 401 with its name, is logged, and is not a wrong key', async () => {
  const expires = new ManualClock().now() + 1_000;
  const { key, configured } = newApiKey('old', 'write', expires);
  const { authenticate, refusal, clock, lines } = authenticating(new ApiKeys([parseApiKey(configured)]));
  const request = await bearer(key);
  clock.advance(999);
  assert.equal(authenticate(request).key, 'old');
  clock.advance(1);
  for (let count = 0; count < 20; count += 1) {
    const { code, message, headers } = refusal(request);
    assert.deepEqual([code, headers], ['UNAUTHORIZED', CHALLENGE]);
    assert.equal(message, 'The API key old has expired: it was valid until 2026-01-01T00:00:01.000Z. Use a new key.');
  }
  const line = JSON.parse(lines[0] ?? '');
  assert.partialDeepStrictEqual(line, { event: 'authentication_failed', reason: 'expired_key', key: 'old' });
  assert.equal(refusal(await bearer(STRANGE.key)).code, 'UNAUTHORIZED');
});

test('the last use of a key is the last request with it that was valid, in any scope', async () => {
  const keys = new ApiKeys([parseApiKey(WEB.configured)]);
  const { authenticate, refusal, clock } = authenticating(keys);
  const use = () => keys.all.map(({ uses, last_used }) => [uses, last_used]);
  assert.deepEqual(use(), [[0, 0]]);
  authenticate(await bearer(WEB.key));
  clock.advance(5_000);
  refusal(await bearer(WEB.key), 'admin');
  const last_used = clock.now();
  clock.advance(5_000);
  refusal(await bearer(STRANGE.key));
  assert.deepEqual(use(), [[2, last_used]]);
});

test('[ASVS-14.2.1] a key in the URL is ignored', async () => {
  const { refusal } = authenticating();
  const path = `/?access_token=${WEB.key}&api_key=${WEB.key}&authorization=Bearer%20${WEB.key}`;
  assert.equal(refusal(await received([], path)).code, 'UNAUTHORIZED');
});

test('[K-04] the 11th wrong key from an address gets 429; valid keys pass', async () => {
  const { clock, authenticate, refusal } = authenticating();
  const wrong = await bearer(STRANGE.key);
  for (let count = 0; count < 10; count += 1) assert.equal(refusal(wrong).code, 'UNAUTHORIZED');
  const { code, message, headers } = refusal(wrong);
  assert.deepEqual([code, headers], ['TOO_MANY_REQUESTS', { 'retry-after': '6' }]);
  assert.match(message, /Retry after 6 s/);
  assert.ok(authenticate(await bearer(WEB.key)).key);
  assert.equal(refusal(wrong, 'validate', '192.0.2.2').code, 'UNAUTHORIZED');
  clock.advance(6_000);
  assert.equal(refusal(wrong).code, 'UNAUTHORIZED');
});

test('requests without a key are always a 401 and do not count as wrong keys', async () => {
  const { refusal } = authenticating();
  const none = await received([]);
  for (let count = 0; count < 20; count += 1) assert.equal(refusal(none).code, 'UNAUTHORIZED');
  assert.equal(refusal(await bearer(STRANGE.key)).code, 'UNAUTHORIZED');
});

test('neither a key nor its hash ever gets into the log', async () => {
  const { clock, refusal, lines } = authenticating();
  for (const key of [STRANGE.key, `${WEB.key}A`, `${WEB.key} ${WEB.key}`]) {
    refusal(await bearer(key));
    clock.advance(1_000);
  }
  refusal(await bearer(WEB.key), 'admin');
  assert.equal(lines.length, 4);
  for (const { key, configured } of [WEB, STRANGE]) {
    const hash = configured.split(':')[2] ?? key;
    for (const line of lines) assert.ok(!line.includes(key) && !line.includes(hash), line);
  }
});
