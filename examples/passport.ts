/** Passport on express-session in TypeScript: sign-in, "remember me", the user's devices, sign-out. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessionsClient } from '@pip-sessions/client';
import { PipSessionsStore } from '@pip-sessions/client/express-session';
import express, { type Request, type RequestHandler } from 'express';
import session from 'express-session';
import passport from 'passport';

// #region types
interface Account {
  readonly id: number;
  readonly name: string;
}

declare global {
  namespace Express {
    /** The type of `req.user`. */
    interface User extends Account {}
  }
}

declare module 'express-session' {
  /** The application's own properties of `req.session`. */
  interface SessionData {
    cart?: string[];
    signed_in?: number;
  }
}
// #endregion

const ACCOUNTS: readonly Account[] = [
  { id: 1, name: 'ann' },
  { id: 2, name: 'bob' },
];

/** Replace it by passport-local or another strategy, which checks a password. */
class NameStrategy extends passport.Strategy {
  override readonly name = 'name';

  override authenticate(req: Request): void {
    const account = ACCOUNTS.find(({ name }) => name === req.body.name);
    if (account) this.success(account);
    else this.fail(401);
  }
}

// #region passport
passport.use(new NameStrategy());
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser<number>((id, done) => done(null, ACCOUNTS.find((account) => account.id === id) ?? false));
// #endregion

// #region store
const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const store = new PipSessionsStore({
  client,
  device: (_, req) => ({ client: req?.headers['user-agent'] ?? null, address: req?.ip ?? null }),
});

const isSecure = process.env.NODE_ENV === 'production'; // https; the prefix __Host- needs it
const app = express();
app.use(
  express.json(),
  session({
    store,
    name: isSecure ? '__Host-sid' : 'sid',
    secret: process.env.COOKIE_SECRET ?? 'only for this machine',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 3_600_000, secure: isSecure, sameSite: 'lax' },
  }),
  passport.session(),
);
// #endregion

// #region sign-in
app.post('/login', passport.authenticate('name'), (req, res) => {
  req.session.signed_in = Date.now();
  if (req.body.remember) req.session.cookie.maxAge = 30 * 86_400_000;
  res.json({ user: req.user?.name });
});

app.post('/logout', (req, res, next) => {
  req.logout((error) => (error ? next(error) : res.json({ user: null })));
});

app.get('/me', (req, res) => void res.json({ user: req.user?.name ?? null, cart: req.session.cart ?? [] }));

app.post('/cart', (req, res) => {
  req.session.cart = [...(req.session.cart ?? []), req.body.item];
  res.json({ cart: req.session.cart });
});
// #endregion

// #region devices
app.use('/devices', (req, res, next) => (req.user ? next() : res.sendStatus(401)));

app.get('/devices', async (req, res) => {
  const page = await store.devices(req.sessionID);
  res.json(
    page?.items.map(({ id, client, open_time }) => ({ id, client, open_time, here: id === page.current })) ?? [],
  );
});

/** For users who have signed in within the last 5 minutes: a stolen session cannot sign its user out. */
const recent: RequestHandler = (req, res, next) => {
  if (Date.now() - (req.session.signed_in ?? 0) <= 300_000) next();
  else res.sendStatus(401);
};

app.delete('/devices/:id', recent, async (req, res) => {
  // An id of another user is treated like an unknown id.
  if (await store.endDevice(req.sessionID, String(req.params.id))) res.json({ ended: 1 });
  else res.sendStatus(404);
});

app.post('/devices/end-others', recent, async (req, res) => {
  res.json({ ended: await store.logoutOthers(req.sessionID) });
});
// #endregion

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
