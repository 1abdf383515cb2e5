import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import express from 'express';

const app = express();
const client = createSessionsClient({ url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080' });
// #region protection
app.use(express.urlencoded(), userSessions({ client, development: true })); // development: http on this machine

app.post('/login', async (req, res) => {
  // Check the user's password here.
  await req.userSession.login({ user_id: req.body.user });
  res.redirect('/');
});
app.get('/', requireSession(), (req, res) => void res.json({ user: req.userSession.required.user_id }));
app.post('/logout', async (req, res) => {
  await req.userSession.logout();
  res.json({ signed_out: true });
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()));
