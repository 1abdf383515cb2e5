import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { userSessionOf, userSessions } from '@pip-sessions/client/express';
import { createClient } from '@redis/client';
import { RedisStore } from 'connect-redis';
import express, { type Express } from 'express';
import session from 'express-session';

export type ExpressKind =
  | 'user-sessions'
  | 'express-session'
  | 'express-session without touch'
  | 'a map of cookies'
  | 'no sessions';

export interface ExpressReady {
  readonly pid: number;
  readonly port: number;
}

declare module 'express-session' {
  interface SessionData {
    user_id: string;
    name: string;
  }
}

/** The same application with each kind of sessions. `/login/<user>` signs in, `/me` returns the user. */
const APPS: Readonly<Record<ExpressKind, (app: Express, url: string) => Promise<void> | void>> = {
  'user-sessions': userSessionsApp,
  'express-session': (app, url) => expressSessionApp(app, url, false),
  'express-session without touch': (app, url) => expressSessionApp(app, url, true),
  'a map of cookies': mapOfCookiesApp,
  'no sessions': (app) => {
    app.get('/login/:user', (_, res) => void res.json({}));
    app.get('/me', (_, res) => void res.json({ user_id: 'user-0', name: 'User 0' }));
  },
};

function userSessionsApp(app: Express, url: string): void {
  app.use(userSessions({ client: createCachedSessionsClient({ url }), credentials: ['cookie'], development: true }));
  app.get('/login/:user', async (req, res) => {
    const { user } = req.params;
    await req.userSession.login({ user_id: `user-${user}`, data: { name: `User ${user}` } });
    res.json({});
  });
  app.get('/me', (req, res) => {
    const { user_id, data } = userSessionOf<unknown, { readonly name: string }>(req).required;
    res.json({ user_id, name: data.name });
  });
}

/** The minimum of a session middleware: it looks the cookie up and forbids caches to store the response. */
function mapOfCookiesApp(app: Express): void {
  const users = new Map<string, { readonly user_id: string; readonly name: string }>();
  app.use((req, res, next) => {
    const user = users.get(req.headers.cookie ?? '');
    if (user) res.setHeader('cache-control', 'no-store');
    res.locals.user = user;
    next();
  });
  app.get('/login/:user', (req, res) => {
    const { user } = req.params;
    const cookie = `session=${randomBytes(41).toString('hex')}`;
    users.set(cookie, { user_id: `user-${user}`, name: `User ${user}` });
    res.setHeader('set-cookie', cookie);
    res.json({});
  });
  app.get('/me', (_, res) => {
    const { user_id, name } = res.locals.user;
    res.json({ user_id, name });
  });
}

/** express-session in its cheapest sensible form: it writes only changes and, by default, the TTL with each request. */
async function expressSessionApp(app: Express, url: string, disableTouch: boolean): Promise<void> {
  const client = await createClient({ url }).connect();
  const store = new RedisStore({ client, disableTouch });
  app.use(session({ store, secret: 'bench', resave: false, saveUninitialized: false, rolling: false }));
  app.get('/login/:user', (req, res) => {
    const { user } = req.params;
    Object.assign(req.session, { user_id: `user-${user}`, name: `User ${user}` });
    res.json({});
  });
  app.get('/me', (req, res) => {
    const { user_id, name } = req.session;
    if (user_id === undefined) res.status(401).json({});
    else res.json({ user_id, name });
  });
}

const [kind = '', url = ''] = process.argv.slice(2);
const app = express();
await APPS[kind as ExpressKind](app, url);
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('disconnect', () => process.exit());
const ready: ExpressReady = { pid: process.pid, port: (server.address() as AddressInfo).port };
process.send?.(ready);
