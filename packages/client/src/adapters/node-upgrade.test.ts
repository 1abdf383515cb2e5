import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { listen } from '../middleware/fixtures/listen.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { requireSession, type UserSession, upgradeSessions, userSessions } from './express.ts';

const NAME = '__Host-session';

type Upgrade = (request: IncomingMessage & { userSession?: UserSession }, socket: Duplex) => unknown;

/** The response that a WebSocket library writes when it accepts an upgrade. */
function accept(socket: Duplex, line: string): void {
  socket.end(
    `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-user: ${line}\r\n\r\n`,
  );
}

async function startUpgrades(t: TestContext, upgrade: Upgrade) {
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => void upgrade(request, socket));
  const { url, stop } = await listen(server);
  t.after(stop);
  return (headers: Record<string, string>) => open(url, headers);
}

async function open(url: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(url, { headers: { connection: 'upgrade', upgrade: 'websocket', ...headers } });
  sent.on('error', reject).on('response', resolve);
  sent.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  sent.end();
  const response = await promise;
  const chunks: Buffer[] = [];
  if (response.statusCode !== 101) for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

async function startWorld(t: TestContext) {
  const sessions = await startSessions('embedded');
  t.after(sessions.stop);
  const { token, session } = await sessions.client.open({ user_id: 'u', auth_level: 1 });
  return { sessions, session, cookie: `${NAME}=${token}` };
}

test('[ASVS-4.4.2] a WebSocket upgrade without a live session gets an HTTP error', async (t) => {
  const { sessions, session, cookie } = await startWorld(t);
  const enter = upgradeSessions({ client: sessions.client });
  const upgrade = await startUpgrades(t, async (request, socket) => {
    const { rejection, userSession } = await enter(request);
    if (rejection) socket.end(rejection, () => socket.destroy());
    else accept(socket, userSession.required.user_id);
  });
  assert.equal((await upgrade({ cookie })).headers['x-user'], 'u');
  const nobody = await upgrade({});
  assert.deepEqual([nobody.status, JSON.parse(nobody.body).code], [401, 'SESSION_REQUIRED']);
  assert.equal(nobody.headers['www-authenticate'], 'Bearer');
  const neighbour = await upgrade({ cookie, origin: 'https://evil.example' });
  assert.deepEqual([neighbour.status, JSON.parse(neighbour.body).code], [403, 'CROSS_SITE_REQUEST']);
  sessions.takeAway();
  const away = await upgrade({ cookie });
  assert.deepEqual([away.status, away.headers['retry-after']], [503, '5']);
  sessions.bringBack();
  await sessions.client.close(session.id);
  assert.equal((await upgrade({ cookie })).status, 401);
});

test('upgradeSessions can require a stronger authentication, or no session', async (t) => {
  const { sessions, cookie } = await startWorld(t);
  const strong = upgradeSessions({ client: sessions.client }, { level: 2 });
  const open = upgradeSessions({ client: sessions.client }, null);
  const upgrade = await startUpgrades(t, async (request, socket) => {
    const { rejection } = await strong(request);
    const { userSession } = await open(request);
    if (rejection && userSession?.current) socket.end(rejection, () => socket.destroy());
    else accept(socket, String(userSession?.current));
  });
  assert.equal(JSON.parse((await upgrade({ cookie })).body).code, 'STEP_UP_REQUIRED');
  assert.equal((await upgrade({})).headers['x-user'], 'null');
  assert.throws(() => upgradeSessions({ client: sessions.client }, { level: 1.5 }), /^TypeError: level is 1\.5/);
});

test('an upgrade cannot change the cookie: its calls reject and change nothing', async (t) => {
  const { sessions, session, cookie } = await startWorld(t);
  const enter = upgradeSessions({ client: sessions.client });
  const codes: unknown[] = [];
  const upgrade = await startUpgrades(t, async (request, socket) => {
    const { userSession } = await enter(request);
    const calls = [userSession?.login({ user_id: 'v' }), userSession?.rotate(), userSession?.logout()];
    await Promise.all(calls.map((call) => call?.catch(({ code }) => codes.push(code))));
    accept(socket, 'done');
  });
  assert.equal((await upgrade({ cookie })).status, 101);
  assert.deepEqual(codes, Array(3).fill('RESPONSE_BEGUN'));
  assert.equal((await sessions.client.get(session.id))?.revision, 1);
  assert.equal(await sessions.client.count({ user_id: 'v' }), 0);
});

test('Express middleware that gets no real response lets no request in', async (t) => {
  const { sessions, session, cookie } = await startWorld(t);
  const enter = userSessions({ client: sessions.client });
  const guard = requireSession();
  const none = {} as ServerResponse;
  const upgrade = await startUpgrades(t, (request, socket) => {
    enter(request, none, (fault) => {
      guard(request, none, (rejection) => {
        const outcome = [fault, rejection].map((each) => (each instanceof Error && 'code' in each ? each.code : null));
        accept(socket, `${request.userSession?.current?.user_id} ${outcome}`);
      });
    });
  });
  assert.equal((await upgrade({ cookie })).headers['x-user'], 'u ,');
  assert.equal((await upgrade({})).headers['x-user'], 'undefined ,SESSION_REQUIRED');
  const neighbour = await upgrade({ cookie, origin: 'https://evil.example' });
  assert.equal(neighbour.headers['x-user'], 'undefined CROSS_SITE_REQUEST,SESSION_REQUIRED');
  await sessions.client.close(session.id);
  assert.equal((await upgrade({ cookie })).headers['x-user'], 'undefined ,SESSION_REQUIRED');
});
