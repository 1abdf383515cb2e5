import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express from 'express';
import session from 'express-session';
import { Jar } from '../examples/jar.ts';

const SECRET = 'a secret of the application';
export const HOUR_MS = 3_600_000;

/** Starts an application with a session store. All of them have the same cookie. */
export async function startShop(t: TestContext, store: session.Store): Promise<string> {
  const app = express();
  app.use(express.json());
  app.use(session({ store, secret: SECRET, resave: false, saveUninitialized: false, cookie: { maxAge: HOUR_MS } }));
  app.post('/login', (req, res) => {
    Object.assign(req.session, { userId: req.body.user, cart: [req.body.item] });
    if (req.body.remember) {
      req.session.cookie.maxAge = 24 * HOUR_MS;
      // express-session computes it from two readings of the clock.
      req.session.cookie.originalMaxAge = 24 * HOUR_MS;
    }
    res.json({});
  });
  app.post('/visit', (req, res) => {
    Object.assign(req.session, { lang: req.body.lang });
    res.json({});
  });
  app.post('/logout', (req, res, next) => {
    req.session.destroy((error) => (error ? next(error) : res.json({})));
  });
  app.get('/me', (req, res) => {
    const { cookie, ...members } = JSON.parse(JSON.stringify(req.session));
    res.json({ ...members, max_age_ms: cookie.originalMaxAge, sid: req.sessionID });
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Browsers of two users and a visitor, who have used an application. */
export async function startBrowsers(url: string): Promise<Readonly<Record<'ann' | 'bob' | 'visitor', Jar>>> {
  const browsers = { ann: new Jar(url), bob: new Jar(url), visitor: new Jar(url) };
  await browsers.ann.post('/login', { user: 'ann', item: 'a "quoted" \\ apple\n🍎' });
  await browsers.bob.post('/login', { user: 7, item: 'pear', remember: true });
  await browsers.visitor.post('/visit', { lang: 'en' });
  return browsers;
}

/** The same browser at another address of the application. */
export function at(url: string, browser: Jar): Jar {
  const moved = new Jar(url);
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  return moved;
}
