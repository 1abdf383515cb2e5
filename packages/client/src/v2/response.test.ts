import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEM_CODES } from '@pip-sessions/contract/v2';
import { answer, clientOf, ENDED, ID, problem, type Reply, SESSION, TOKEN, text } from '../fixtures/scripted-fetch.ts';
import {
  InvalidDataError,
  SessionClosedError,
  SessionsCallError,
  type SessionsClient,
  SessionsProblemError,
  TooManyRequestsError,
} from '../index.ts';
import { PROBLEM_CLASSES } from './error-classes.ts';

/** The error with which a call rejects for this response. */
async function rejection(reply: Reply, call = (client: SessionsClient): Promise<unknown> => client.touch(ID)) {
  const { client } = clientOf([reply], { retries: 0 });
  const error = await call(client).then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Error);
  return error;
}

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  InvalidDataError: ['INVALID_DATA'],
  NotFoundError: ['NOT_FOUND', 'SESSION_NOT_FOUND', 'TOKEN_UNKNOWN'],
  RevisionConflictError: ['REVISION_CONFLICT'],
  ServiceUnavailableError: ['STORE_UNAVAILABLE', 'STORE_FULL'],
  SessionClosedError: ['SESSION_CLOSED'],
  SessionLimitError: ['SESSION_LIMIT'],
  TooManyRequestsError: ['TOO_MANY_REQUESTS'],
  UnauthorizedError: ['UNAUTHORIZED', 'FORBIDDEN'],
  // Errors that a caller fixes in its code, or cannot fix: no handler needs their class.
  SessionsProblemError: [
    'INVALID_CONTENT',
    'INVALID_REQUEST',
    'METHOD_NOT_ALLOWED',
    'REQUEST_TIMEOUT',
    'BODY_TOO_LARGE',
    'VALUE_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'HEADERS_TOO_LARGE',
    'KEY_USED',
    'TOKEN_REPLACED',
    'ACTOR_SESSION',
    'INTERNAL',
  ],
};

test('every code has an error class of its own, or the base class', () => {
  assert.deepEqual(Object.values(FAMILIES).flat().sort(), [...PROBLEM_CODES].sort());
  assert.deepEqual(Object.keys(PROBLEM_CLASSES).sort(), [...PROBLEM_CODES].sort());
});

for (const [name, codes] of Object.entries(FAMILIES)) {
  test(`${codes.join(', ')} is a ${name}`, async () => {
    for (const code of codes) {
      const error = await rejection(problem(400, code));
      assert.ok(error instanceof SessionsProblemError);
      assert.deepEqual([error.constructor.name, error.name, error.code], [name, name, code]);
    }
  });
}

test('an error has all properties of the problem, and the template of the path', async () => {
  const more = { details: { limit: 5 }, correlation_id: '123' };
  const error = await rejection(problem(409, 'SESSION_LIMIT', more));
  assert.ok(error instanceof SessionsProblemError);
  const { code, response_status, message, details, correlation_id, method, path } = error;
  assert.deepEqual(
    { code, response_status, message, details, correlation_id, method, path },
    {
      code: 'SESSION_LIMIT',
      response_status: 409,
      message: 'This is SESSION_LIMIT.',
      ...more,
      method: 'POST',
      path: '/v2/sessions/{id}/touch',
    },
  );
});

test('a closed session has its reason, and invalid data has the wrong properties', async () => {
  const closed = await rejection(problem(409, 'SESSION_CLOSED', { details: { reason: 'evicted' } }));
  assert.ok(closed instanceof SessionClosedError);
  assert.equal(closed.reason, 'evicted');
  const invalid = await rejection(problem(400, 'INVALID_DATA', { details: { members: ['data', 7] } }));
  assert.ok(invalid instanceof InvalidDataError);
  assert.deepEqual(invalid.members, ['data']);
});

test('a problem with fewer properties is understood', async () => {
  const closed = await rejection(problem(409, 'SESSION_CLOSED'));
  assert.ok(closed instanceof SessionClosedError);
  assert.deepEqual([closed.reason, closed.details, closed.correlation_id], [null, null, null]);
  const invalid = await rejection(problem(400, 'INVALID_DATA', { details: ['x'] }));
  assert.ok(invalid instanceof InvalidDataError);
  assert.deepEqual(invalid.members, []);
  const bare = await rejection(answer(500, { code: 'INTERNAL' }));
  assert.equal(bare.message, 'The service responded with status 500 and no detail.');
  const older = await rejection(answer(431, { code: 'HEADERS_TOO_LARGE', message: 'The headers are larger.' }));
  assert.equal(older.message, 'The headers are larger.');
});

test('an unknown code has the base class, even one like constructor', async () => {
  for (const code of ['FROM_THE_FUTURE', 'constructor', '__proto__']) {
    const error = await rejection(problem(400, code));
    assert.ok(error instanceof SessionsProblemError);
    assert.deepEqual([error.constructor, error.code], [SessionsProblemError, code]);
  }
});

for (const [what, body] of Object.entries({ 'a page': '<html>', JSON: '{"message":"bad"}', nothing: '' })) {
  test(`a gateway that responds with ${what} is not taken for the service`, async () => {
    for (const status of [502, 503, 504]) {
      const error = await rejection(text(status, body));
      assert.ok(error instanceof SessionsCallError);
      assert.deepEqual([error.code, error.response_status], ['UNREACHABLE', status]);
      assert.match(
        error.message,
        /^POST \/v2\/sessions\/\{id\}\/touch at http:\/\/service: A gateway responded with status/,
      );
    }
  });
}

test('a 429 of a gateway is a TooManyRequestsError', async () => {
  const error = await rejection(text(429, 'slow down', { 'retry-after': '3' }));
  assert.ok(error instanceof TooManyRequestsError);
  const { code, response_status, retry_after_ms } = error;
  assert.deepEqual([code, response_status, retry_after_ms], ['TOO_MANY_REQUESTS', 429, 3_000]);
});

test('a response of another server is INVALID_RESPONSE, also a 404', async () => {
  for (const [status, body] of [
    [404, 'not found'],
    [404, '{}'],
    [401, '{"code":401}'],
    [302, ''],
    [200, '<html>'],
    [200, ''],
    [204, null],
  ] as const) {
    const reply: Reply = () => new Response(body, { status });
    const error = await rejection(reply, (client) => client.get(ID));
    assert.ok(error instanceof SessionsCallError);
    assert.deepEqual([error.code, error.response_status], ['INVALID_RESPONSE', status]);
  }
});

const validate = (client: SessionsClient) => client.validate(TOKEN);
const validateMany = (client: SessionsClient) => client.validateMany([TOKEN, 'x']);
const check = (client: SessionsClient) => client.check([ID, 'x']);
const MALFORMED: Readonly<Record<string, readonly [unknown, RegExp, ((client: SessionsClient) => Promise<unknown>)?]>> =
  {
    'null for a session': [null, /result is not an object/],
    'a list for a session': [[SESSION], /result is not an object/],
    'a session without an id': [{ ...SESSION, id: undefined }, /id is not a string/],
    'a session whose revision is text': [{ ...SESSION, revision: '7' }, /revision is not a number/],
    'a session whose methods are text': [{ ...SESSION, auth_methods: 'pwd' }, /auth_methods is not an array/],
    'an opened session without a token': [
      { session: SESSION, evicted: [] },
      /token/,
      (client) => client.open({ user_id: '1' }),
    ],
    'a rotated session without a token': [{ session: SESSION }, /token/, (client) => client.rotate({ token: TOKEN })],
    'a validation that says nothing': [{}, /active is not a boolean/, validate],
    'a good token without a session': [{ active: true }, /session is not an object/, validate],
    'a good token of an ended session': [
      { active: true, session: ENDED, max_age: 60, age: 0 },
      /session is not active/,
      validate,
    ],
    'a good token of a negative age': [
      { active: true, session: SESSION, max_age: 60, age: -1 },
      /age is negative/,
      validate,
    ],
    'a bad token without a reason': [{ active: false }, /reason is not a string/, validate],
    'validations that are no list': [{ results: {} }, /results is not an array/, validateMany],
    'one validation of two tokens': [
      { results: [{ active: false, reason: 'unknown' }] },
      /the response has \d results for \d tokens/,
      validateMany,
    ],
    'validations in another order': [
      {
        results: [
          { active: false, reason: 'unknown' },
          { active: true, session: SESSION, max_age: 60, age: 0 },
        ],
      },
      /results are not in the order of the tokens/,
      validateMany,
    ],
    'a good token of an ended session among others': [
      {
        results: [
          { active: true, session: ENDED, max_age: 60, age: 0 },
          { active: false, reason: 'unknown' },
        ],
      },
      /session is not active/,
      validateMany,
    ],
    'one state of two sessions': [
      { results: [{ id: ID, active: false, reason: 'closed' }] },
      /the response has \d results for \d ids/,
      check,
    ],
    'states of sessions in another order': [
      {
        results: [
          { id: 'x', active: false, reason: 'unknown' },
          { id: ID, active: false, reason: 'closed' },
        ],
      },
      /results are not in the order of the ids/,
      check,
    ],
    'a live session without a deadline or null': [
      {
        results: [
          { id: ID, active: true, revision: 1 },
          { id: 'x', active: false, reason: 'unknown' },
        ],
      },
      /expires_in is not a number/,
      check,
    ],
    'a page without items': [{ next_cursor: null }, /items is not an array/, (client) => client.list()],
    'a page that may be the last': [{ items: [] }, /next_cursor is not a string/, (client) => client.list()],
    'own sessions without the current one': [
      { items: [], next_cursor: null },
      /current is not a string/,
      (client) => client.own({ token: TOKEN }),
    ],
    'a count without a total': [{ items: [], next_cursor: null }, /total is not a number/, (client) => client.count()],
    'closed sessions that are a number': [{ ids: 3, more: false }, /ids/, (client) => client.closeMany({ filter: {} })],
    'keys without a name': [
      { since: '', items: [{ scope: 'write', expires: null, last_used: null, uses: 0 }] },
      /name is not a string/,
      (client) => client.keys(),
    ],
    'statistics without hours': [{ live: 1, opened: 1, closed: {} }, /hours/, (client) => client.stats()],
  };

for (const [what, [body, why, call]] of Object.entries(MALFORMED)) {
  test(`${what} is not a valid response`, async () => {
    const error = await rejection(answer(200, body), call);
    assert.ok(error instanceof SessionsCallError && error.cause instanceof TypeError);
    assert.equal(error.code, 'INVALID_RESPONSE');
    assert.match(error.cause.message, why);
  });
}

test('an infinite number is not a valid response', async () => {
  for (const age of ['1e400', '-1e400']) {
    const body = `{"active":true,"session":${JSON.stringify(SESSION)},"max_age":60,"age":${age}}`;
    const error = await rejection(() => new Response(body), validate);
    assert.ok(error instanceof SessionsCallError && error.cause instanceof TypeError);
    assert.deepEqual([error.code, error.cause.message], ['INVALID_RESPONSE', 'age is infinite']);
  }
});

test('members that a newer service adds are kept', async () => {
  const { client } = clientOf([answer(200, { ...SESSION, device: 'phone' })]);
  assert.deepEqual(await client.get(ID), { ...SESSION, device: 'phone' });
});
