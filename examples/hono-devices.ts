/**
 * "Your sessions" in Hono: sign in, list your devices, sign out one of them or all others.
 *
 *   npm start                     the sessions service, at http://127.0.0.1:8080
 *   npm run example:hono-devices
 *   curl -c jar -d user=ann http://127.0.0.1:3000/login
 *   curl -b jar http://127.0.0.1:3000/devices
 *   curl -b jar -X POST http://127.0.0.1:3000/devices/end-others
 *
 * A payment needs a second factor: POST /payments, POST /second-factor.
 */
import { serve } from '@hono/node-server';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, type UserSessionEnv, userSessions } from '@pip-sessions/client/hono';
import { Hono } from 'hono';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });
// #region mount
const app = new Hono<UserSessionEnv>();

// `development` allows plain http on this machine. Leave it out if users connect with https.
app.use(userSessions({ client, development: true }));

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
  const { items, current } = await c.var.userSession.devices();
  return c.json(items.map(({ id, client, open_time }) => ({ id, client, open_time, here: id === current })));
});

app.post('/reauthenticate', requireSession(), async (c) => {
  // An application checks the password again here, or another factor.
  await c.var.userSession.rotate({ auth_methods: ['pwd'] });
  return c.json({ auth_time: c.var.userSession.required.auth_time });
});

/** For users who have authenticated in the last 5 minutes: a stolen session cannot sign its user out. */
const recent = requireSession({ max_age_s: 300 });

app.delete('/devices/:id', recent, async (c) => {
  const id = c.req.param('id');
  // An id of another user is treated like an unknown id.
  return (await c.var.userSession.endDevice(id)) ? c.json({ ended: id }) : c.json({ error: 'no such device' }, 404);
});

app.post('/devices/end-others', recent, async (c) => c.json({ ended: await c.var.userSession.logoutOthers() }));

app.post('/second-factor', requireSession(), async (c) => {
  // An application checks a one-time password here.
  await c.var.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  return c.json({ level: c.var.userSession.required.auth_level });
});

app.post('/payments', requireSession({ level: 2, max_age_s: 300 }), (c) => c.json({ paid: true }));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
