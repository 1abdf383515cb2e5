import type { TestContext } from 'node:test';
import fastifyCookie from '@fastify/cookie';
import fastifySession, { type SessionStore } from '@fastify/session';
import fastify from 'fastify';
import { HOUR_MS } from './shop.ts';

/** Starts the application of `startShop` with Fastify and @fastify/session. All of them have the same cookie. */
export async function startFastifyShop(t: TestContext, store: SessionStore): Promise<string> {
  const app = fastify();
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    store,
    secret: 'a secret of the application, long enough',
    saveUninitialized: false,
    cookie: { secure: false, maxAge: HOUR_MS },
  });
  app.post<{ Body: Readonly<Record<string, unknown>> }>('/login', async ({ session, body }) => {
    Object.assign(session, { userId: body.user, cart: [body.item] });
    if (body.remember) session.cookie.maxAge = 24 * HOUR_MS;
    return {};
  });
  app.post<{ Body: Readonly<Record<string, unknown>> }>('/visit', async ({ session, body }) => {
    Object.assign(session, { lang: body.lang });
    return {};
  });
  app.post('/logout', async ({ session }) => {
    await session.destroy();
    return {};
  });
  app.get('/me', async ({ session }) => {
    const { cookie, ...members } = JSON.parse(JSON.stringify(session));
    return { ...members, max_age_ms: cookie.originalMaxAge, sid: session.sessionId };
  });
  t.after(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}
