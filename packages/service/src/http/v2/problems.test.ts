import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PROBLEM_CODES, type ProblemCode } from '@pip-sessions/client';
import type { Scope } from '@pip-sessions/contract/scopes';
import { ERROR_MAP, PROBLEMS } from '../../api/error-codes.ts';
import { openapiV2, PROBLEMS_OF_CONNECTIONS, PROBLEMS_OF_ROUTING, problemsOf } from '../../api/v2/document.ts';
import { ROUTES } from '../../api/v2/routes.ts';
import { SessionsError } from '../../domain/errors.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';
import type { Reply } from './fixtures/call.ts';
import { startV2 } from './fixtures/start.ts';

type OfConnections = 'INVALID_REQUEST' | 'REQUEST_TIMEOUT' | 'HEADERS_TOO_LARGE';

const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();

test('every error has a problem of the contract, and every problem has an error', () => {
  const known = sorted(PROBLEM_CODES);
  assert.deepEqual(sorted(Object.keys(PROBLEMS)), known);
  assert.deepEqual(sorted(Object.values(ERROR_MAP).map(({ problem }) => problem)), known);
});

test('an error has the same status in both APIs; one that no caller can fix is a 500', () => {
  for (const [code, { status, problem }] of Object.entries(ERROR_MAP)) {
    const expected = problem === 'INTERNAL' ? 500 : status;
    assert.equal(PROBLEMS[problem].status, expected, code);
  }
});

test('the document has every problem, at its routes or as one before any route', () => {
  const ofRoutes = ROUTES.flatMap(problemsOf);
  const ofNone = [...PROBLEMS_OF_ROUTING, ...PROBLEMS_OF_CONNECTIONS];
  assert.deepEqual(sorted([...ofRoutes, ...ofNone]), sorted(PROBLEM_CODES));
  assert.deepEqual(
    ofNone.filter((code) => ofRoutes.includes(code)),
    [],
  );
  const { info } = openapiV2() as { readonly info: { readonly description: string } };
  for (const code of ofNone) assert.ok(info.description.includes(`${PROBLEMS[code].status} \`${code}\``), code);
});

/** A store whose reads fail with the error of the test. */
class FailingStore extends MemoryStore {
  readonly #error: Error;

  constructor(error: Error) {
    super({ sessions_max: 1 });
    this.#error = error;
  }

  override async find(): Promise<never> {
    throw this.#error;
  }
}

/** Sends a request to a service that requires keys, with a key of the given scope or an unknown one. */
async function sendWithKey(t: TestContext, line: string, scope: Scope | 'unknown' | 'none'): Promise<Reply> {
  const { key, configured } = newApiKey('app', scope === 'unknown' || scope === 'none' ? 'admin' : scope);
  const { send } = await startV2(t, { keys: [parseApiKey(configured)] });
  if (scope === 'none') return send(line);
  const headers = { authorization: `Bearer ${scope === 'unknown' ? 'psk_other' : key}` };
  if (scope === 'unknown') for (let n = 0; n < 10; n += 1) assert.equal((await send(line, { headers })).status, 401);
  return send(line, { headers });
}

/** Requests that cause each problem; for those of connections see connection-problems.test.ts. */
const PROVOKED: Readonly<Record<Exclude<ProblemCode, OfConnections>, (t: TestContext) => Promise<Reply>>> = {
  INVALID_DATA: async (t) => (await startV2(t)).send('POST /v2/sessions', { body: { user_id: 1 } }),
  INVALID_CONTENT: async (t) => (await startV2(t)).send('POST /v2/sessions', { text: '{"user_id":' }),
  UNAUTHORIZED: (t) => sendWithKey(t, 'GET /v2/stats', 'none'),
  FORBIDDEN: (t) => sendWithKey(t, 'GET /v2/stats', 'write'),
  TOO_MANY_REQUESTS: (t) => sendWithKey(t, 'GET /v2/stats', 'unknown'),
  NOT_FOUND: async (t) => (await startV2(t)).send('GET /v2/none'),
  METHOD_NOT_ALLOWED: async (t) => (await startV2(t)).send('PUT /v2/sessions'),
  SESSION_NOT_FOUND: async (t) => (await startV2(t)).send('GET /v2/sessions/none'),
  TOKEN_UNKNOWN: async (t) => (await startV2(t)).rotate('none'),
  SESSION_CLOSED: async (t) => {
    const { open, send } = await startV2(t);
    const { session } = await open();
    await send(`POST /v2/sessions/${session.id}/close`);
    return send(`POST /v2/sessions/${session.id}/touch`);
  },
  ACTOR_SESSION: async (t) => {
    const { open, send } = await startV2(t);
    const { token } = await open({ actor: { type: 'user', id: 'support' } });
    return send('POST /v2/sessions/own', { body: { token } });
  },
  TOKEN_REPLACED: async (t) => {
    const { open, rotate } = await startV2(t);
    const { token } = await open();
    await rotate(token, { auth_level: 2 });
    return rotate(token);
  },
  SESSION_LIMIT: async (t) => {
    const { open, send } = await startV2(t, { settings: { limit: { max: 1, policy: 'deny' } } });
    await open();
    return send('POST /v2/sessions', { body: { user_id: 'u' } });
  },
  KEY_USED: async (t) => {
    const { open, rotate, clock, send } = await startV2(t);
    const headers = { 'idempotency-key': '0123456789abcdef' };
    await rotate((await open({}, headers)).token);
    clock.advance(30_000);
    return send('POST /v2/sessions', { body: { user_id: 'u' }, headers });
  },
  REVISION_CONFLICT: async (t) => {
    const { open, send } = await startV2(t);
    const { session } = await open();
    return send(`PUT /v2/sessions/${session.id}/data`, { body: 1, headers: { 'if-match': '"7"' } });
  },
  BODY_TOO_LARGE: async (t) => {
    const { send } = await startV2(t, { body_limit: 10 });
    return send('POST /v2/sessions', { body: { user_id: 'u' } });
  },
  VALUE_TOO_LARGE: async (t) => {
    const { send } = await startV2(t, { v2: { value_limit: 3 } });
    return send('POST /v2/sessions', { body: { user_id: 'u', data: 'é' } });
  },
  UNSUPPORTED_MEDIA_TYPE: async (t) => {
    const { send } = await startV2(t);
    return send('POST /v2/sessions', { text: '{}', headers: { 'content-type': 'text/plain' } });
  },
  INTERNAL: async (t) => {
    const { send } = await startV2(t, { store: new FailingStore(new TypeError('a secret of the store')) });
    const reply = await send('GET /v2/sessions/s');
    assert.doesNotMatch(JSON.stringify(reply.body), /secret/);
    return reply;
  },
  STORE_UNAVAILABLE: async (t) => {
    const error = new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.');
    return (await startV2(t, { store: new FailingStore(error) })).send('GET /v2/sessions/s');
  },
  STORE_FULL: async (t) => {
    const { open, send } = await startV2(t, { store: new MemoryStore({ sessions_max: 1 }) });
    await open();
    return send('POST /v2/sessions', { body: { user_id: 'v' } });
  },
};

for (const [code, provoke] of Object.entries(PROVOKED)) {
  // `send` checks the content type, the schema, the status of the title, and that the document has the problem at the
  // route.
  test(`${code} is returned as documented, with its headers`, async (t) => {
    const { status, headers, body } = await provoke(t);
    assert.equal(body.code, code);
    assert.equal(body.status, status);
    assert.equal(body.type, `urn:pip-sessions:problem:${code}`);
    assert.equal(body.title, PROBLEMS[code as ProblemCode].title);
    assert.match(body.detail, /\.$/);
    assert.equal(/^[1-9]\d*$/.test(headers.get('retry-after') ?? ''), status === 429 || status === 503, 'retry-after');
    assert.equal(/^Bearer /.test(headers.get('www-authenticate') ?? ''), status === 401, 'www-authenticate');
    assert.equal(headers.get('allow'), status === 405 ? 'POST, GET, HEAD' : null);
  });
}
