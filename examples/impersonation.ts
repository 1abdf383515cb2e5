/** Impersonation: support staff acts in a customer's name. The session says who acts and why, and ends soon. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessionsClient } from '@pip-sessions/client';
import { rejectionOf, requireSession, sendRejection, userSessions } from '@pip-sessions/client/express';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY }); // scope admin: it ends sessions of all users
const app = express();
app.use(express.json(), userSessions({ client, development: true }));

/** An application has the roles of its staff in a database. */
const support = new Set(['sam', 'tess']);
const admins = new Set(['alice']);

app.post('/login', async (req, res) => {
  // An application checks a password here, or the response of an identity provider.
  const { session } = await req.userSession.login({ user_id: req.body.user, auth_methods: ['pwd'] });
  res.json({ signed_in: session.user_id });
});

app.post('/logout', async (req, res) => {
  await req.userSession.logout(); // of an actor: the session gets `closed_by` "actor:<id>"
  res.json({ signed_out: true });
});

// #region open
/** For support staff who have authenticated in the last 5 minutes. Replaces the session in their browser. */
app.post('/impersonate', requireSession({ max_age_s: 300 }), async (req, res) => {
  const { user_id: id } = req.userSession.required;
  const { user, reason } = req.body;
  if (!support.has(id) || admins.has(user)) return void res.sendStatus(403); // no one gains rights in this way
  if (!user || !reason) return void res.status(400).json({ error: 'user and reason are required' });
  const { session } = await req.userSession.login({ user_id: user, actor: { type: 'user', id, reason } });
  res.json({ user: session.user_id, actor: session.actor, expire_time: session.expire_time });
});
// #endregion

// #region use
app.get('/account', requireSession(), (req, res) => {
  const { required, actor } = req.userSession;
  res.json({ user: required.user_id, actor }); // a page shows the actor, if there is one
});

/** Protects what the user alone may do. */
const userOnly: RequestHandler = (req, res, next) => {
  if (req.userSession.actor === null) next();
  else res.sendStatus(403);
};

app.post('/password', requireSession(), userOnly, (_, res) => void res.json({ changed: true }));
// #endregion

// #region end
/** Takes the rights from a member of the support staff, and ends all sessions in which this person acts. */
app.delete('/support/:id', requireSession(), userOnly, async (req, res) => {
  const { user_id: by } = req.userSession.required;
  const actor_id = String(req.params.id);
  if (!admins.has(by)) return void res.sendStatus(403);
  support.delete(actor_id); // first, so that no later request opens another session
  const ended: string[] = [];
  for (let more = true; more; ) {
    const closed = await client.closeMany({ filter: { actor_type: 'user', actor_id }, by });
    ended.push(...closed.ids);
    more = closed.more;
  }
  res.json({ ended: ended.length });
});
// #endregion

app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  const rejection = rejectionOf(error);
  if (rejection) sendRejection(res, rejection, next);
  else next(error);
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
