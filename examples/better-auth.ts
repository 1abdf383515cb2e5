/** Better Auth proves who the user is, and the sessions service has the session. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { requireSession, userSessions } from '@pip-sessions/client/express';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import express from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createCachedSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = express();

// #region auth
const auth = betterAuth({
  baseURL: process.env.BASE_URL ?? 'http://127.0.0.1:3000',
  secret: process.env.AUTH_SECRET ?? 'a secret of the application, with 32 characters or more',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }), // an application has a database
  emailAndPassword: { enabled: true },
  // It lives only from the proof of the user until the sign-in below. No cookie may stand for it meanwhile.
  session: { expiresIn: 300, disableSessionRefresh: true, cookieCache: { enabled: false } },
  telemetry: { enabled: false },
});
app.all('/api/auth/*splat', toNodeHandler(auth));
// #endregion

// #region sign-in
app.use(userSessions({ client, development: true }));

/** Exchanges the session of Better Auth for one of the sessions service. The page calls it after each sign-in. */
app.post('/sign-in', async (req, res) => {
  const headers = fromNodeHeaders(req.headers);
  const proof = await auth.api.getSession({ headers });
  if (proof === null) return void res.status(401).json({ error: 'sign in with Better Auth first' });
  const { headers: cleared } = await auth.api.signOut({ headers, returnHeaders: true });
  await req.userSession.login({ user_id: proof.user.id, user_name: proof.user.name, auth_methods: ['pwd'] });
  for (const line of cleared.getSetCookie()) res.append('set-cookie', line);
  return void res.json({ signed_in: proof.user.name });
});

app.get('/account', requireSession(), (req, res) => void res.json({ user: req.userSession.required.user_name }));

app.post('/sign-out', async (req, res) => {
  await req.userSession.logout();
  res.json({ signed_out: true });
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
