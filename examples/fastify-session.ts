/** @fastify/session with the store of this project: sign-in, the session's id in the service, sign-out. */
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { createSessionsClient } from '@pip-sessions/client';
import { PipSessionsStore } from '@pip-sessions/client/fastify-session';
import fastify from 'fastify';

declare module 'fastify' {
  /** The application's own properties of `request.session`. */
  interface Session {
    userId?: string;
  }
}

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const isSecure = process.env.NODE_ENV === 'production'; // https; the prefix __Host- needs it

// #region store
const store = new PipSessionsStore({
  client: createSessionsClient({ url, key: process.env.SESSIONS_KEY }),
  device: (_, request) => ({ client: request?.headers['user-agent'] ?? null, address: request?.ip ?? null }),
});

const app = fastify();
await app.register(fastifyCookie);
await app.register(fastifySession, {
  store,
  cookieName: isSecure ? '__Host-sid' : 'sid',
  secret: process.env.COOKIE_SECRET ?? 'at least 32 characters, only for this machine',
  saveUninitialized: false,
  cookie: { maxAge: 3_600_000, secure: isSecure, sameSite: 'lax' },
});

app.post<{ Body: { user: string } }>('/login', async (request) => {
  await request.session.regenerate();
  request.session.userId = request.body.user;
  return { user: request.session.userId };
});

app.get('/me', async ({ session }) => ({
  user: session.userId ?? null,
  session_id: await store.sessionIdOf(session.sessionId),
}));

app.get('/devices', async ({ session }) => {
  const page = await store.devices(session.sessionId);
  return page?.items.map(({ id, client }) => ({ id, client, here: id === page.current })) ?? [];
});

app.delete<{ Params: { id: string } }>('/devices/:id', async ({ session, params }) => ({
  ended: await store.endDevice(session.sessionId, params.id),
}));

app.post('/logout', async (request) => {
  await request.session.destroy();
  return { user: null };
});
// #endregion

console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }));
