import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import flash from 'connect-flash';
import { csrfSync } from 'csrf-sync';
import express, { type NextFunction, type Request, type Response } from 'express';
import session from 'express-session';
import passport from 'passport';
import type { SessionsClient } from '../index.ts';
import { Browser } from '../middleware/fixtures/browser.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { PipSessionsStore } from './express-session.ts';

const MONTH_MS = 30 * 86_400_000;

interface User {
  readonly id: number;
  readonly name: string;
}

const USERS: readonly User[] = [{ id: 1, name: 'ann' }];

/** Takes everybody at their word, where passport-local would compare a password. */
class NameStrategy extends passport.Strategy {
  override readonly name = 'name';

  override authenticate(request: Request): void {
    const user = USERS.find(({ name }) => name === request.body.name);
    if (user) this.success(user);
    else this.fail({ message: 'There is no such user.' });
  }
}

/** A sign-in as tutorials have it. */
function startApp(client: SessionsClient) {
  const authenticator = new passport.Passport();
  authenticator.use(new NameStrategy());
  authenticator.serializeUser((user, done) => done(null, (user as User).id));
  authenticator.deserializeUser((id, done) => done(null, USERS.find((user) => user.id === id) ?? false));
  const { csrfSynchronisedProtection, generateToken } = csrfSync();
  const store = new PipSessionsStore({
    client,
    device: (_, request) => ({ client: request?.headers['user-agent'] ?? null }),
  });
  const app = express();
  app.use(express.json());
  app.use(session({ store, secret: 'not a secret', resave: false, saveUninitialized: false, name: 'sid' }));
  app.use(authenticator.session(), flash(), csrfSynchronisedProtection);
  app.get('/login', (req, res) => void res.json({ token: generateToken(req), messages: req.flash('error') }));
  app.post(
    '/login',
    authenticator.authenticate('name', { failureRedirect: '/login', failureFlash: true }),
    (req, res) => {
      if (req.body.remember) req.session.cookie.maxAge = MONTH_MS;
      res.json({ user: req.user, token: generateToken(req) });
    },
  );
  app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.json({}))));
  app.get('/me', (req, res) => void res.json({ user: req.user ?? null }));
  app.use((error: { status?: number }, _: Request, res: Response, _next: NextFunction) => {
    res.status(error.status ?? 500).json({});
  });
  return listen(createServer(app));
}

test('Passport, flash messages and CSRF tokens work, and a revocation signs out', async (t) => {
  const { client, advance, stop } = await startSessions('remote');
  t.after(stop);
  const app = await startApp(client);
  t.after(app.stop);
  const browser = new Browser(app.url);
  const { token } = (await browser.get('/login')).body;
  assert.equal((await browser.post('/login', { name: 'ann' })).status, 403);
  const refused = await browser.post('/login', { name: 'bob' }, { 'x-csrf-token': token });
  assert.deepEqual(refused.body.messages, ['There is no such user.']);
  assert.deepEqual((await browser.get('/login')).body.messages, []);

  const headers = { 'x-csrf-token': token, 'user-agent': 'Firefox' };
  const signedIn = await browser.post('/login', { name: 'ann', remember: true }, headers);
  assert.deepEqual(signedIn.body.user, USERS[0]);
  advance(MONTH_MS - 60_000);
  assert.deepEqual((await browser.get('/me')).body, { user: USERS[0] });
  const devices = (await client.list({ user_id: '1', active: true })).items;
  assert.deepEqual(
    devices.map((device) => device.client),
    ['Firefox'],
  );

  await browser.post('/logout', {}, { 'x-csrf-token': signedIn.body.token });
  assert.deepEqual((await browser.get('/me')).body, { user: null });
  assert.equal(await client.count({ user_id: '1', active: true }), 0);

  const again = (await browser.get('/login')).body.token;
  await browser.post('/login', { name: 'ann' }, { 'x-csrf-token': again });
  await client.closeMany({ filter: { user_id: '1' } });
  assert.deepEqual((await browser.get('/me')).body, { user: null });
});
