import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import fastify4 from 'fastify4';
import { type LoginBody, ROUTES, type StartApp, textOf } from '../middleware/fixtures/app.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { requireSession, SessionRejection, sendRejection, userSessions } from './fastify.ts';

const startAppWith =
  (framework: typeof fastify): StartApp =>
  async (options, mounts) => {
    const app = framework();
    for (let mount = 0; mount < mounts; mount += 1) await app.register(userSessions, options);
    for (const route of ROUTES) {
      const { method, path, guard, headers, isStreamed, run } = route;
      app[method](path, guard ? { onRequest: requireSession(guard) } : {}, async (request, reply) => {
        if (isStreamed) {
          reply.hijack().raw.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
          reply.raw.end(await textOf(route, request.userSession, request.body as LoginBody));
          return;
        }
        const body = await run(request.userSession, request.body as LoginBody);
        reply.headers({ 'x-host': request.headers.host, ...headers });
        return body ?? {};
      });
    }
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { url, stop: () => app.close() };
  };

runMiddlewareCases('Fastify', startAppWith(fastify));
runMiddlewareCases('Fastify 4', startAppWith(fastify4 as unknown as typeof fastify));

test('Fastify: a guard without userSessions before it rejects every request', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.get('/me', { onRequest: requireSession() }, async () => 'in');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  assert.equal((await fetch(`${url}/me`)).status, 500);
});

test('Fastify: an error handler sends a thrown rejection with its headers and body', async (t) => {
  const sessions = await startSessions('embedded');
  t.after(sessions.stop);
  const app = fastify();
  t.after(() => app.close());
  await app.register(userSessions, { client: sessions.client });
  app.get('/me', async ({ userSession }) => userSession.required);
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof SessionRejection) return sendRejection(reply, error);
    throw error;
  });
  const { statusCode, headers, body } = await app.inject('/me');
  assert.equal(statusCode, 401);
  assert.equal(headers['www-authenticate'], 'Bearer');
  assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
  assert.equal(JSON.parse(body).code, 'SESSION_REQUIRED');
});
