import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import express, { type NextFunction, type Request, type Response } from 'express';
import { ROUTES, type StartApp, textOf } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { runMiddlewareCases } from '../middleware/fixtures/suite.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { requireSession, SessionRejection, sendRejection, userSessionOf, userSessions } from './express.ts';

const startAppWith =
  (framework: typeof express): StartApp =>
  (options, mounts) => {
    const app = framework();
    // Express prints thrown errors in any other environment.
    app.set('env', 'test');
    app.use(framework.json());
    for (let mount = 0; mount < mounts; mount += 1) app.use(userSessions(options));
    for (const route of ROUTES) {
      const { method, path, guard, headers, isStreamed, run } = route;
      const handle = async (req: Request, res: Response) => {
        if (isStreamed) {
          res.type('json').flushHeaders();
          res.end(await textOf(route, req.userSession, req.body));
          return;
        }
        const body = await run(req.userSession, req.body);
        res.set({ 'x-host': req.headers.host ?? '', ...headers }).json(body ?? {});
      };
      // Express 4 does not catch a rejected promise.
      app[method](path, ...(guard ? [requireSession(guard)] : []), (req, res, next) => handle(req, res).catch(next));
    }
    return listen(createServer(app));
  };

runMiddlewareCases('Express', startAppWith(express));
runMiddlewareCases('Express 4', startAppWith(createRequire(import.meta.url)('express4')));

test('Express: a guard without userSessions before it rejects every request', async (t) => {
  const app = express();
  app.set('env', 'test');
  app.get('/me', requireSession(), (req, res) => void res.json(userSessionOf(req).current));
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  assert.equal((await fetch(`${url}/me`)).status, 500);
});

test('Express: an error handler sends a thrown rejection with its headers and body', async (t) => {
  const sessions = await startSessions('embedded');
  t.after(sessions.stop);
  const app = express();
  app.set('env', 'test');
  app.use(userSessions({ client: sessions.client }));
  app.get('/me', (req, res) => void res.json(req.userSession.required));
  app.get('/begun', (req, res) => {
    res.write('a');
    res.json(req.userSession.required);
  });
  app.use((error: Error, _req: Request, res: Response, next: NextFunction) =>
    error instanceof SessionRejection ? sendRejection(res, error, next) : next(error),
  );
  const { url, stop } = await listen(createServer(app));
  t.after(stop);
  const response = await fetch(`${url}/me`);
  assert.equal(response.status, 401);
  assert.equal(response.headers.get('www-authenticate'), 'Bearer');
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.equal(((await response.json()) as { code: string }).code, 'SESSION_REQUIRED');
  await assert.rejects(fetch(`${url}/begun`).then((begun) => begun.text()));
});
