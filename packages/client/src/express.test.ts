import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import express, { type Request, type Response } from 'express';
import { requireSession, userSessionOf, userSessions } from './express.ts';
import { ROUTES, type StartApp } from './middleware/fixtures/app.ts';
import { listen } from './middleware/fixtures/listen.ts';
import { runMiddlewareCases } from './middleware/fixtures/suite.ts';

const startApp: StartApp = (options) => {
  const app = express();
  // Express prints what handlers throw in any other.
  app.set('env', 'test');
  app.use(express.json(), userSessions(options));
  for (const { method, path, guard, headers, run } of ROUTES) {
    app[method](path, ...(guard ? [requireSession(guard)] : []), async (req: Request, res: Response) => {
      const body = await run(req.userSession, req.body);
      res.set({ 'x-host': req.headers.host ?? '', ...headers }).json(body ?? {});
    });
  }
  return listen(createServer(app));
};

runMiddlewareCases('Express', startApp);

test('Express: a guard without userSessions before it fails, and lets nobody in', async (t) => {
  const app = express();
  app.set('env', 'test');
  app.get('/me', requireSession(), (req, res) => void res.json(userSessionOf(req).current));
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  assert.equal((await fetch(`${url}/me`)).status, 500);
});
