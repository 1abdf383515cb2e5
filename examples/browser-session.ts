/** An application with a page that knows whether its user is signed in, and warns before the timeout. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import express from 'express';
import { rolldown } from 'rolldown';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = express();

// #region endpoint
/** Reading the state of the sign-in does not count as activity: an open page keeps no user signed in. */
const passive = ({ method, path }: express.Request) => method === 'GET' && path === '/session';
app.use(userSessions({ client, development: true, passive }));

/** The facts that the page may know. A 401 without a session. */
const show: express.RequestHandler = (req, res) => {
  const { user_id: user, expires_in } = req.userSession.required;
  res.json({ user, expires_in });
};
app.get('/session', requireSession(), show);
app.post('/session', requireSession(), show); // activity
app.delete('/session', async (req, res) => {
  await req.userSession.logout();
  res.sendStatus(204);
});
// #endregion

app.post('/login', async (req, res) => {
  // Check the user's password here.
  const idle_timeout = Number(process.env.IDLE_TIMEOUT ?? 1_800);
  await req.userSession.login({ user_id: 'ann', idle_timeout });
  res.sendStatus(204);
});

const pathOf = (name: string) => fileURLToPath(new URL(`browser/${name}`, import.meta.url));
const bundle = await rolldown({ input: pathOf('page.js'), resolve: { conditionNames: ['source', 'default'] } });
const { output } = await bundle.generate({ format: 'esm', minify: true });
app.get('/', (_, res) => res.sendFile(pathOf('browser-session.html')));
app.get('/page.js', (_, res) => void res.type('js').send(output[0].code));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
