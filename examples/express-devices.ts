/**
 * "Your sessions" in Express: sign in, list your devices, sign out one of them or all others.
 *
 *   npm start                        the sessions service, at http://127.0.0.1:8080
 *   npm run example:express-devices
 *   curl -c jar -d user=ann http://127.0.0.1:3000/login
 *   curl -b jar http://127.0.0.1:3000/devices
 *   curl -b jar -X POST http://127.0.0.1:3000/devices/end-others
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import express from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const sessions = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });
const app = express();

// `development` allows plain http on this machine. Leave it out if users connect with https.
app.use(express.urlencoded(), userSessions({ client: sessions, development: true }));

app.post('/login', async (req, res) => {
  const user = req.body?.user;
  if (typeof user !== 'string' || user === '') {
    res.status(400).json({ error: 'user is missing' });
    return;
  }
  // An application checks a password here, or the response of an identity provider.
  const { session } = await req.userSession.login({
    user_id: user,
    client: req.get('user-agent') ?? null,
    address: req.ip ?? null,
    auth_methods: ['pwd'],
  });
  res.json({ signed_in: session.user_id });
});

app.post('/logout', async (req, res) => {
  await req.userSession.logout();
  res.json({ signed_out: true });
});

// #region devices
// The routes below need a signed-in user.
app.use(requireSession());

app.get('/devices', async (req, res) => {
  const { id, user_id } = req.userSession.required;
  const { items } = await sessions.list({ user_id, active: true });
  res.json(
    items.map(({ client, open_time, ...session }) => ({ id: session.id, client, open_time, here: session.id === id })),
  );
});

app.delete('/devices/:id', async (req, res) => {
  const device = await sessions.get(req.params.id);
  // A session of another user is treated like an unknown id.
  if (device?.user_id !== req.userSession.required.user_id) {
    res.status(404).json({ error: 'no such device' });
    return;
  }
  await sessions.close(device.id, { reason: 'revoked' });
  res.json({ ended: device.id });
});

app.post('/devices/end-others', async (req, res) => {
  res.json({ ended: await req.userSession.logoutOthers() });
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
