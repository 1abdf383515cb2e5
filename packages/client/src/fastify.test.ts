import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { requireSession, userSessions } from './fastify.ts';
import { type LoginBody, ROUTES, type StartApp } from './middleware/fixtures/app.ts';
import { runMiddlewareCases } from './middleware/fixtures/suite.ts';

const startApp: StartApp = async (options) => {
  const app = fastify();
  await app.register(userSessions, options);
  for (const { method, path, guard, headers, run } of ROUTES) {
    app[method](path, guard ? { onRequest: requireSession(guard) } : {}, async (request, reply) => {
      const body = await run(request.userSession, request.body as LoginBody);
      reply.headers({ 'x-host': request.headers.host, ...headers });
      return body ?? {};
    });
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => app.close() };
};

runMiddlewareCases('Fastify', startApp);

test('Fastify: a guard without userSessions before it fails, and lets nobody in', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.get('/me', { onRequest: requireSession() }, async () => 'in');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  assert.equal((await fetch(`${url}/me`)).status, 500);
});
