/**
 * "Your sessions" in Hono: sign in, list your devices, sign out one of them or all others.
 *
 *   npm start                     the sessions service, at http://127.0.0.1:8080
 *   npm run example:hono-devices
 *   curl -c jar -d user=ann http://127.0.0.1:3000/login
 *   curl -b jar http://127.0.0.1:3000/devices
 *   curl -b jar -X POST http://127.0.0.1:3000/devices/end-others
 */
import { serve } from '@hono/node-server';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, type UserSessionEnv, userSessions } from '@pip-sessions/client/hono';
import { Hono } from 'hono';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const sessions = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });
// #region mount
const app = new Hono<UserSessionEnv>();

// `development` allows plain http on this machine. Leave it out if users connect with https.
app.use(userSessions({ client: sessions, development: true }));

app.post('/login', async (c) => {
  const { user } = await c.req.parseBody();
  if (typeof user !== 'string' || user === '') return c.json({ error: 'user is missing' }, 400);
  // An application checks a password here, or the response of an identity provider.
  const { session } = await c.var.userSession.login({
    user_id: user,
    client: c.req.header('user-agent') ?? null,
    auth_methods: ['pwd'],
  });
  return c.json({ signed_in: session.user_id });
});

app.post('/logout', async (c) => {
  await c.var.userSession.logout();
  return c.json({ signed_out: true });
});

app.use('/devices/*', requireSession());
// #endregion

app.get('/devices', async (c) => {
  const { id, user_id } = c.var.userSession.required;
  const { items } = await sessions.list({ user_id, active: true });
  return c.json(
    items.map(({ client, open_time, ...session }) => ({ id: session.id, client, open_time, here: session.id === id })),
  );
});

app.delete('/devices/:id', async (c) => {
  const device = await sessions.get(c.req.param('id'));
  // A session of another user is treated like an unknown id.
  if (device?.user_id !== c.var.userSession.required.user_id) return c.json({ error: 'no such device' }, 404);
  await sessions.close(device.id, { reason: 'revoked' });
  return c.json({ ended: device.id });
});

app.post('/devices/end-others', async (c) => c.json({ ended: await c.var.userSession.logoutOthers() }));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
