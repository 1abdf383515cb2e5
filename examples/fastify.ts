/** An application of Fastify. Start it with `npm run example:fastify`; it needs the sessions service. */
// #region fastify
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/fastify';
import fastify from 'fastify';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = fastify();
await app.register(userSessions, { client, development: true }); // development: http on this machine

app.post<{ Body: { user: string } }>('/login', async ({ userSession, body, headers }) => {
  // Check the user's password here.
  await userSession.login({ user_id: body.user, client: headers['user-agent'] ?? null, auth_methods: ['pwd'] });
  return { signed_in: body.user };
});
app.get('/me', { onRequest: requireSession() }, async ({ userSession }) => ({ user: userSession.required.user_id }));
app.post('/payments', { onRequest: requireSession({ level: 2, max_age_s: 300 }) }, async () => ({ paid: true }));
app.post('/logout', async ({ userSession }) => {
  await userSession.logout();
  return { signed_out: true };
});
// #endregion

app.get('/devices', { onRequest: requireSession() }, async ({ userSession }) => {
  const { items, current } = await userSession.devices();
  return items.map(({ id, client }) => ({ id, client, here: id === current }));
});
app.delete<{ Params: { id: string } }>(
  '/devices/:id',
  { onRequest: requireSession() },
  async ({ userSession, params }) => ({ ended: await userSession.endDevice(params.id) }),
);
app.post('/second-factor', { onRequest: requireSession() }, async ({ userSession }) => {
  // Check a one-time password here.
  await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return { level: userSession.required.auth_level };
});

console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }));
