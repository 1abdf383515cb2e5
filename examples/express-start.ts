import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import express from 'express';

const client = createSessionsClient({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });
const app = express();

// `development` allows plain http on this machine. Leave it out if users connect with https.
app.use(express.urlencoded(), userSessions({ client, development: true }));

/** A page for a browser. An application has its own. */
app.get('/', (_, res) => {
  res.send(`<form action="/login" method="post"><input name="user" required> <button>Sign in</button></form>
<p><a href="/devices">Devices</a></p>
<form action="/logout" method="post"><button>Sign out</button></form>`);
});

app.post('/login', async (req, res) => {
  // An application checks a password here, or the response of an identity provider.
  await req.userSession.login({ user_id: req.body.user, client: req.get('user-agent') ?? null });
  res.redirect('/devices');
});

app.get('/devices', requireSession(), async (req, res) => {
  const { items, current } = await req.userSession.devices();
  res.json(items.map(({ id, client, open_time }) => ({ client, open_time, here: id === current })));
});

app.post('/logout', async (req, res) => {
  await req.userSession.logout();
  res.redirect('/');
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
});
