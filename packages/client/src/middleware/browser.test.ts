import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { skip, startChromium } from '../../../../testing/browser/chromium.ts';
import { upgradeSessions, userSessions } from '../adapters/express.ts';
import { listen } from './fixtures/listen.ts';
import { startSessions } from './fixtures/worlds.ts';

const NAME = '__Host-session';
const read = (name: string) => readFileSync(new URL(`../../../../testing/certificates/${name}`, import.meta.url));
const TLS = { key: read('localhost.key.pem'), cert: read('localhost.crt.pem') };

/** Names with another start, which a browser lets neighbours set. A lax parser takes them for the session's cookie. */
const PLANTED = [`\xa0${NAME}`, `\x85${NAME}`, `\xc2\xa0${NAME}`, `\xef\xbb\xbf${NAME}`];

/** Names that Chromium does not let a neighbour set, also without a name before the `=`. */
const REFUSED = [NAME, NAME.toUpperCase(), `=${NAME}`];

/** An application at example.test, and its neighbour at evil.example.test, which plants cookies. */
async function startHosts(t: TestContext) {
  const sessions = await startSessions('embedded');
  t.after(sessions.stop);
  const { token } = await sessions.client.open({ user_id: 'mallory' });
  const enter = userSessions({ client: sessions.client });
  const application = (request: IncomingMessage, response: ServerResponse) =>
    enter(request, response, async () => {
      const { userSession } = request as IncomingMessage & Express.Request;
      if (request.url === '/login') await userSession.login({ user_id: 'u' });
      const { cookie = '' } = request.headers;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ user_id: userSession.current?.user_id ?? null, cookie }));
    });
  const evil = (response: ServerResponse) => {
    const lines = [...PLANTED, ...REFUSED].map((name) => `${name}=${token}; Domain=example.test; Path=/; Secure`);
    // With a string as the body, Node would write the header as UTF-8 too.
    response.setHeader('set-cookie', lines).end(Buffer.from('planted'));
  };
  const server = createServer(TLS, (request, response) => {
    if (request.headers.host?.startsWith('evil.')) evil(response);
    else application(request, response);
  });
  const enterUpgrade = upgradeSessions({ client: sessions.client });
  server.on('upgrade', async (request: IncomingMessage, socket: Duplex) => {
    const { rejection } = await enterUpgrade(request);
    socket.end(rejection ?? acceptance(request), 'latin1', () => socket.destroy());
  });
  const { url, stop } = await listen(server);
  t.after(stop);
  const { port } = new URL(url);
  return { app: `https://example.test:${port}`, evil: `https://evil.example.test:${port}`, sessions };
}

/** The response that opens a WebSocket (RFC 6455, 4.2.2), and a frame that closes it. */
function acceptance({ headers }: IncomingMessage): string {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${accept}`];
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n\x88\x00`;
}

const RULES = '--host-resolver-rules=MAP example.test 127.0.0.1, MAP evil.example.test 127.0.0.1';

test('[ASVS-4.4.2] in Chromium only a page of the same host can open a WebSocket', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const { app, evil } = await startHosts(t);
  const browser = await startChromium(t, [RULES, '--ignore-certificate-errors']);
  const page = await browser.newPage();
  const open = () =>
    page.evaluate(
      `new Promise((resolve) => {
        const socket = new WebSocket('${app.replace('https', 'wss')}/');
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      })`,
    );
  await page.goto(`${app}/`);
  assert.equal(await open(), 'refused');
  await page.evaluate("fetch('/login', { method: 'POST' }).then((response) => response.text())");
  assert.equal(await open(), 'open');
  await page.goto(evil);
  assert.equal(await open(), 'refused');
});

test('[C-07] Chromium: a cookie from a sibling host signs no user in or out', { skip }, async (t) => {
  const { app, evil, sessions } = await startHosts(t);
  const browser = await startChromium(t, [RULES, '--ignore-certificate-errors']);
  const page = await browser.newPage();
  const visit = async (url: string) => (await page.goto(url))?.text() ?? '';
  const visitApp = async (): Promise<{ user_id: string | null; cookie: string }> => JSON.parse(await visit(`${app}/`));

  assert.equal(await visit(evil), 'planted');
  const planted = await visitApp();
  for (const name of PLANTED) assert.ok(planted.cookie.includes(`${name}=ps_`), JSON.stringify(name));
  assert.equal(planted.user_id, null);
  assert.deepEqual(sessions.asked, []);

  await page.evaluate("fetch('/login', { method: 'POST' }).then((response) => response.text())");
  assert.equal((await visitApp()).user_id, 'u');
  assert.equal(await visit(evil), 'planted');
  const both = await visitApp();
  assert.equal(both.user_id, 'u');
  assert.equal(both.cookie.split(NAME).length - 1, PLANTED.length + 1);
});
