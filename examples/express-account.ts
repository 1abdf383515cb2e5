/** An account in Express: "remember me", a second factor before a payment, and errors. Tokens are validated in memory. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { rejectionOf, requireSession, sendRejection, userSessionOf, userSessions } from '@pip-sessions/client/express';
import express, { type NextFunction, type Request, type Response } from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const app = express();

// #region cached
const sessions = createCachedSessionsClient({ url, key: process.env.SESSIONS_KEY });
app.use(
  express.json(),
  userSessions({ client: sessions, development: true, passive: (req) => req.url === '/time-left' }),
);
// #endregion

// #region remember
app.post('/login', async (req, res) => {
  const { user, remember } = req.body;
  const { session } = await req.userSession.login(
    { user_id: user, auth_methods: ['pwd'], auth_level: 1, data: { cart: [] } },
    { cookie: remember ? 'persistent' : 'session' },
  );
  res.json({ idle_timeout: session.idle_timeout });
});
// #endregion

// #region step-up
app.post('/second-factor', requireSession(), async (req, res) => {
  // Check the one-time password here.
  await req.userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
  res.json({ level: req.userSession.required.auth_level });
});

app.post('/payments', requireSession({ level: 2, max_age_s: 300 }), (_, res) => void res.json({ paid: true }));
// #endregion

// #region types
app.post('/cart', requireSession(), async (req, res) => {
  const { id, data } = userSessionOf<unknown, { readonly cart: readonly string[] }>(req).required;
  await sessions.patchData(id, { cart: [...data.cart, req.body.item] });
  res.json({ cart: [...data.cart, req.body.item] });
});
// #endregion

// #region passive
app.get('/time-left', (req, res) => void res.json({ seconds: req.userSession.expiresIn })); // null: signed out
// #endregion

app.get('/devices', requireSession(), async (req, res) => {
  const { items } = await req.userSession.devices();
  res.json({ count: items.length });
});

app.post('/logout-everywhere', async (req, res) => void res.json({ ended: await req.userSession.logoutEverywhere() }));

// #region errors
app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  const rejection = rejectionOf(error); // null for an error that is not about sessions
  if (rejection) sendRejection(res, rejection, next);
  else next(error);
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
