import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import express, { type Response as ExpressResponse, type NextFunction, type Request } from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { clientOf, ID, problem, type Reply, refused, text } from '../fixtures/scripted-fetch.ts';
import type { SessionsClient } from '../index.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { SessionStoreError } from '../session-libraries/store-error.ts';
import { rejectionOf as rejectionOfExpress, sendRejection } from './express.ts';
import { rejectionOf as rejectionOfFastify, sendRejection as sendFastifyRefusal } from './fastify.ts';
import { rejectionOf } from './hono.ts';

/**
 * A failing call in a handler that catches no error: the reply of the service, and the response that the user should
 * get.
 */
const CASES: readonly { readonly name: string; readonly reply: Reply; readonly retry_after: string | null }[] = [
  { name: 'a service that cannot be reached', reply: refused, retry_after: '5' },
  { name: 'a gateway before a service that is away', reply: text(502, 'away'), retry_after: '5' },
  { name: 'a service whose store is away', reply: problem(503, 'STORE_UNAVAILABLE'), retry_after: '5' },
  {
    name: 'a service that asks for 30 seconds',
    reply: problem(429, 'TOO_MANY_REQUESTS', {}, { 'retry-after': '30' }),
    retry_after: '30',
  },
  { name: 'a wrong API key', reply: problem(401, 'UNAUTHORIZED'), retry_after: null },
  { name: 'an API key of too small a scope', reply: problem(403, 'FORBIDDEN'), retry_after: null },
  { name: 'an unknown session', reply: problem(404, 'SESSION_NOT_FOUND'), retry_after: null },
  { name: 'an ended session', reply: problem(409, 'SESSION_CLOSED'), retry_after: null },
  { name: 'data that is too large', reply: problem(413, 'VALUE_TOO_LARGE'), retry_after: null },
  { name: 'a fault of the service', reply: problem(500, 'INTERNAL'), retry_after: null },
  { name: 'something that is no sessions service', reply: text(404, '<html>'), retry_after: null },
];

const isOutage = ({ retry_after }: (typeof CASES)[number]) => retry_after !== null;
const statusFor = (one: (typeof CASES)[number]) => (isOutage(one) ? 503 : 500);

async function errorOf(reply: Reply): Promise<Error> {
  const error: unknown = await clientOf([reply], { retries: 0 })
    .client.touch(ID)
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Error);
  return error;
}

async function get(url: string) {
  const response = await fetch(url);
  return { status: response.status, retry_after: response.headers.get('retry-after'), body: await response.text() };
}

async function startExpress(t: TestContext, client: () => SessionsClient, catches = false): Promise<string> {
  const app = express();
  app.set('env', 'production');
  app.get('/', async (_, res) => void res.json(await client().touch(ID)));
  app.use((error: unknown, _: Request, res: ExpressResponse, next: NextFunction) => {
    const rejection = catches ? rejectionOfExpress(error) : null;
    if (rejection) sendRejection(res, rejection, next);
    else next(error);
  });
  // Express prints uncaught errors to the console.
  t.mock.method(console, 'error', () => {});
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  return url;
}

test('Express responds to an uncaught error of a call with 503 or 500', async (t) => {
  let client = clientOf([refused]).client;
  const url = await startExpress(t, () => client);
  for (const one of CASES) {
    client = clientOf([one.reply], { retries: 0 }).client;
    const { status, retry_after, body } = await get(url);
    assert.deepEqual([status, retry_after], [statusFor(one), one.retry_after], one.name);
    assert.doesNotMatch(body, /\/v2\/|http:/, one.name);
  }
});

test('Fastify responds to an uncaught error of a call with 503 or 500', async (t) => {
  let client = clientOf([refused]).client;
  const app = fastify();
  app.get('/', () => client.touch(ID));
  t.after(() => app.close());
  for (const one of CASES) {
    client = clientOf([one.reply], { retries: 0 }).client;
    const { statusCode, headers } = await app.inject('/');
    assert.deepEqual([statusCode, headers['retry-after'] ?? null], [statusFor(one), one.retry_after], one.name);
  }
});

/** The response of Koa's default error handler, by its documentation. */
function koaResponse(error: Error & { status?: unknown; statusCode?: unknown; expose?: unknown; headers?: object }) {
  const status = error.status ?? error.statusCode;
  return {
    status: typeof status === 'number' ? status : 500,
    headers: { ...error.headers },
    body: error.expose === true ? error.message : '',
  };
}

/** The response of Nest's BaseExceptionFilter to an error of another library. */
function nestResponse(error: Error & { readonly statusCode?: number | undefined }) {
  const isHttpError = Boolean(error.statusCode && error.message);
  return isHttpError
    ? { status: error.statusCode, body: error.message }
    : { status: 500, body: 'Internal server error' };
}

test('Koa and Nest show users neither the status nor the message of a failed call', async () => {
  for (const one of CASES) {
    const error = await errorOf(one.reply);
    const headers = one.retry_after === null ? {} : { 'retry-after': one.retry_after };
    assert.deepEqual(koaResponse(error), { status: statusFor(one), headers, body: '' }, one.name);
    assert.deepEqual(nestResponse(error), { status: 500, body: 'Internal server error' }, one.name);
  }
});

test('Nest responds to a store error with 503 and without the address of the service', async () => {
  const { message, cause } = new SessionStoreError('UNREACHABLE', 'ignored', await errorOf(refused));
  assert.match(String(cause), /http:\/\/service/);
  const away = nestResponse(new SessionStoreError('UNREACHABLE', 'ignored', cause));
  assert.deepEqual(away, { status: 503, body: message });
  assert.doesNotMatch(message, /http:|ignored/);
  const mistake = nestResponse(new SessionStoreError('VALUE_TOO_LARGE', 'Raise SESSIONS_VALUE_LIMIT.'));
  assert.deepEqual(mistake, { status: 500, body: 'Internal server error' });
});

test('rejectionOf returns a 503 for an unavailable service, and null for a mistake', async () => {
  for (const one of CASES) {
    const rejection = rejectionOf(await errorOf(one.reply));
    const found = rejection && [rejection.status, rejection.statusCode, rejection.headers['retry-after']];
    assert.deepEqual(found, isOutage(one) ? [503, 503, one.retry_after] : null, one.name);
    assert.doesNotMatch(rejection?.message ?? '', /http:|v2/);
  }
  assert.equal(rejectionOf(new TypeError('id is not the id of a session')), null);
  assert.equal(rejectionOf(Object.assign(new Error('another library'), { code: 'TIMEOUT', status: 503 })), null);
});

test('rejectionOf works the same in Express, Fastify and Hono, and in the same process', async (t) => {
  const { client, takeAway, stop } = await startSessions('embedded');
  t.after(stop);
  takeAway();
  const app = fastify();
  t.after(() => app.close());
  app.setErrorHandler((error, _, reply) => {
    const rejection = rejectionOfFastify(error);
    return rejection ? sendFastifyRefusal(reply, rejection) : reply.send(error);
  });
  app.get('/', () => client.touch(ID));
  const hono = new Hono().onError((error, c) => rejectionOf(error)?.getResponse() ?? c.text('failed', 500));
  hono.get('/', async (c) => c.json(await client.touch(ID)));
  const replies = [
    await get(await startExpress(t, () => client, true)),
    await app.inject('/').then(({ statusCode, headers, body }) => ({
      status: statusCode,
      retry_after: headers['retry-after'],
      body,
    })),
    await Promise.resolve(hono.request('/')).then(async (response) => ({
      status: response.status,
      retry_after: response.headers.get('retry-after'),
      body: await response.text(),
    })),
  ];
  for (const { status, retry_after, body } of replies) {
    assert.deepEqual([status, retry_after, JSON.parse(body).code], [503, '5', 'SESSIONS_UNAVAILABLE']);
  }
});
