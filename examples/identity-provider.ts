/** Sign-in by an identity provider: one that redirects back with a GET, and one that posts its response. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessionsClient } from '@pip-sessions/client';
import { userSessions } from '@pip-sessions/client/express';
import express, { type Request, type Response } from 'express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = express();
app.use(express.urlencoded(), userSessions({ client, development: true }));

/** An application exchanges the code at the provider, or verifies the signature of the posted response. */
const userOf = async (proof: string) => (proof.startsWith('proof of ') ? proof.slice('proof of '.length) : null);

// #region state
/** Gives this browser a value that only the response to its own sign-in can contain. */
function start(res: Response, sameSite: 'lax' | 'none'): string {
  const state = randomUUID();
  res.cookie('__Host-state', state, { httpOnly: true, secure: true, sameSite, path: '/' });
  return state;
}

/** Whether this browser started the sign-in. The value is used once. */
function isOwn(req: Request, res: Response, state: string): boolean {
  const held = /(?:^|; )__Host-state=([\w-]{36})(?:;|$)/.exec(req.headers.cookie ?? '')?.[1];
  res.clearCookie('__Host-state', { secure: true, path: '/' });
  return held === state;
}
// #endregion

// #region redirect
app.get('/login', (_, res) => res.redirect(`https://provider.example/authorize?state=${start(res, 'lax')}`));

app.get('/callback', async (req, res) => {
  const user_id = await userOf(String(req.query.code));
  if (user_id === null || !isOwn(req, res, String(req.query.state))) return void res.sendStatus(403);
  await req.userSession.login({ user_id, auth_methods: ['pwd'] });
  res.redirect('/');
});
// #endregion

// #region form-post
app.get('/login/post', (_, res) => {
  res.redirect(`https://provider.example/authorize?response_mode=form_post&state=${start(res, 'none')}`);
});

app.post('/callback', async (req, res) => {
  const user_id = await userOf(String(req.body.code));
  if (user_id === null || !isOwn(req, res, String(req.body.state))) return void res.sendStatus(403);
  await req.userSession.login({ user_id, auth_methods: ['pwd'] }, { allow_cross_site: true });
  res.redirect('/');
});
// #endregion

app.get('/', (req, res) => void res.json({ user: req.userSession.current?.user_id ?? null }));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
