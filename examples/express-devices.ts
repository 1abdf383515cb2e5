/**
 * "Your sessions" in Express: sign in, list your devices, sign out one of them or all others.
 *
 *   npm start                        the sessions service, at http://127.0.0.1:8080
 *   npm run example:express-devices
 *   curl -c jar -d user=ann http://127.0.0.1:3000/login
 *   curl -b jar http://127.0.0.1:3000/devices
 *   curl -b jar -X POST http://127.0.0.1:3000/devices/end-others
 *
 * A payment needs a second factor: POST /payments, POST /second-factor.
 */
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import express from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });
const app = express();

// `development` allows plain http on this machine. Leave it out if users connect with https.
app.use(express.urlencoded(), userSessions({ client, development: true }));

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
  const { items, current } = await req.userSession.devices();
  res.json(items.map(({ id, client, open_time }) => ({ id, client, open_time, here: id === current })));
});

app.post('/reauthenticate', async (req, res) => {
  // An application checks the password again here, or another factor.
  await req.userSession.rotate({ auth_methods: ['pwd'] });
  res.json({ auth_time: req.userSession.required.auth_time });
});

/** For users who have authenticated in the last 5 minutes: a stolen session cannot sign its user out. */
const recent = requireSession({ max_age_s: 300 });

app.delete('/devices/:id', recent, async (req, res) => {
  // An id of another user is treated like an unknown id.
  if (await req.userSession.endDevice(String(req.params.id))) res.json({ ended: req.params.id });
  else res.status(404).json({ error: 'no such device' });
});

app.post('/devices/end-others', recent, async (req, res) => {
  res.json({ ended: await req.userSession.logoutOthers() });
});
// #endregion

app.post('/second-factor', async (req, res) => {
  // An application checks a one-time password here.
  await req.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  res.json({ level: req.userSession.required.auth_level });
});

app.post('/payments', requireSession({ level: 2, max_age_s: 300 }), (_req, res) => {
  res.json({ paid: true });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
});
