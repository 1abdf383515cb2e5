import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request as sendRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startTestServer, type TestServerOptions } from '../../../../../../testing/http/test-server.ts';
import { TcpProxy } from '../../../../../../testing/servers/proxy.ts';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { until } from '../../../../../../testing/until.ts';
import { loadConfig } from '../../../config/config.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { newApiKey } from '../../../http/authentication/api-keys.ts';
import { createLogger } from '../../../observability/log.ts';
import { startService } from '../../../service.ts';
import { MemoryStore } from '../../../stores/memory/store.ts';
import { unavailable } from '../../../stores/shared/unavailable.ts';
import { runCommand } from '../fixtures/run-command.ts';
import { examineService } from './checks/service/service.ts';
import type { Examination } from './examination.ts';
import { assertFound, examined } from './fixtures/examined.ts';

const CERTIFICATES = new URL('../../../../../../testing/certificates/', import.meta.url);
const CERT = readFileSync(new URL('localhost.crt.pem', CERTIFICATES));
const KEY = readFileSync(new URL('localhost.key.pem', CERTIFICATES));

function examine(base: string, { key = null as string | null, clock = systemClock() } = {}): Promise<Examination> {
  return examined((examination) => examineService(examination, { base, key }, clock));
}

function codesOf({ findings }: Examination): string[] {
  return [...new Set(findings.map(({ code }) => code))];
}

async function service(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...env });
  const running = await startService(config, createLogger('silent'));
  t.after(() => running.stop());
  return running.url;
}

async function testServer(t: TestContext, options: TestServerOptions): Promise<string> {
  const server = await startTestServer(options);
  t.after(() => server.stop());
  return server.url;
}

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A proxy that leads each request to the next service. With `isBuffering`, it sends a response when it is complete. */
async function proxy(t: TestContext, urls: readonly string[], isBuffering = false): Promise<string> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    turn += 1;
    const { method, headers, url = '' } = incoming;
    const sent = sendRequest(urls[turn % urls.length] + url, { method, headers, agent: false }, async (response) => {
      const parts: Buffer[] = [];
      if (!isBuffering) outgoing.writeHead(response.statusCode ?? 502, response.headers);
      try {
        for await (const part of response) {
          if (isBuffering) parts.push(part);
          else outgoing.write(part);
        }
      } catch {
        // The client has closed its connection.
      }
      if (isBuffering) outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.end(Buffer.concat(parts));
    });
    sent.on('error', () => outgoing.destroy());
    outgoing.on('close', () => sent.destroy());
    incoming.pipe(sent);
  });
  return `http://127.0.0.1:${await listening(t, server)}`;
}

test('a healthy service has no finding, through a proxy too, with and without a key', async (t) => {
  const url = await service(t);
  assertFound(await examine(url));
  assertFound(await examine(await proxy(t, [url])));
  const [ops, checks] = [newApiKey('ops', 'admin'), newApiKey('checks', 'validate')];
  const guarded = await service(t, { SESSIONS_API_KEYS: `${ops.configured},${checks.configured}` });
  assertFound(await examine(guarded, { key: ops.key }));
  const narrow = await examine(guarded, { key: checks.key });
  assert.deepEqual(narrow.findings, []);
  assert.deepEqual(
    narrow.unchecked.map(({ check }) => check),
    ['the API keys of the service'],
  );
  const without = await examine(guarded);
  assert.deepEqual(without.findings, []);
  assert.match(without.unchecked.map(({ reason }) => reason).join(), /set SESSIONS_KEY to a key of scope validate/);
});

test('a proxy that holds events back is found', async (t) => {
  const url = await service(t);
  assertFound(await examine(await proxy(t, [url], true)), 'CHANGES_BUFFERED');
});

test('a service that is not ready is found, with its reason', async (t) => {
  class FullStore extends MemoryStore {
    override ping = () => Promise.reject(unavailable('its disk is full'));
  }
  const url = await testServer(t, { store: new FullStore({ sessions_max: 10 }) });
  const { findings } = await examine(url);
  const found = findings.find(({ code }) => code === 'SERVICE_NOT_READY');
  assert.match(String(found?.message), /503\. store: .*its disk is full/);
});

test('another clock and another version are found, and nodes that differ', async (t) => {
  const url = await testServer(t, {});
  assert.deepEqual(codesOf(await examine(url)).sort(), ['SERVICE_CLOCK_OFF', 'SERVICE_VERSION_DIFFERS']);
  const both = await proxy(t, [url, await service(t)]);
  assert.ok(codesOf(await examine(both)).includes('NODES_DIFFER'));
});

test('an admin key without a request for more than a week is found', async (t) => {
  const [admin, spare, web] = [newApiKey('admin', 'admin'), newApiKey('spare', 'admin'), newApiKey('web', 'validate')];
  const url = await service(t, {
    SESSIONS_API_KEYS: [admin, spare, web].map(({ configured }) => configured).join(','),
  });
  assertFound(await examine(url, { key: admin.key }));
  const { now } = systemClock();
  const inDays = (days: number) => ({ now: () => now() + days * 86_400_000 });
  assert.ok(!codesOf(await examine(url, { key: admin.key, clock: inDays(7) })).includes('ADMIN_KEY_UNUSED'));
  const { findings } = await examine(url, { key: admin.key, clock: inDays(9) });
  const unused = findings.filter(({ code }) => code === 'ADMIN_KEY_UNUSED').map(({ message }) => message);
  assert.deepEqual(unused, ['No request has used the admin key "spare" for 9 days.']);
});

test('http and open access beyond loopback are found', async (t) => {
  const url = await service(t, { SESSIONS_ALLOWED_HOSTS: '0.0.0.0' });
  const { port } = new URL(url);
  assertFound(await examine(`http://0.0.0.0:${port}`), 'PLAIN_HTTP', 'SERVICE_OPEN');
});

test('a sweep that is late and too many connections are found', async (t) => {
  const url = await service(t, {
    SESSIONS_SWEEP_INTERVAL: '1',
    SESSIONS_CONNECTIONS_MAX: '10',
    SESSIONS_CALLER_SHARE: '100',
  });
  const { now } = systemClock();
  const later = { now: () => now() + 3_600_000 };
  await until(async () => (await (await fetch(`${url}/metrics`)).text()).includes('sessions_last_sweep'));
  assert.ok(codesOf(await examine(url, { clock: later })).includes('SWEEP_LATE'));
  const sockets = Array.from({ length: 8 }, () => connect(Number(new URL(url).port), '127.0.0.1'));
  t.after(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  assertFound(await examine(url), 'CONNECTIONS_NEAR_MAX');
});

test('a feed that is behind is found', { skip: missingRedis() ?? false }, async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.remove());
  const tcp = await TcpProxy.start(server.port);
  t.after(() => tcp.stop());
  const url = await service(t, { SESSIONS_STORE: `redis://127.0.0.1:${tcp.port}` });
  assertFound(await examine(url));
  tcp.mode = 'drop';
  await until(
    async () => /sessions_feed_lag_seconds ([4-9]|\d\d)/.test(await (await fetch(`${url}/metrics`)).text()),
    20_000,
  );
  const codes = codesOf(await examine(url));
  assert.ok(codes.includes('FEED_LAGS') && codes.includes('SERVICE_NOT_READY'), codes.join());
  assert.ok(!codes.includes('CHANGES_BUFFERED'));
});

test('an untrusted certificate, one for another name, and one that ends soon are found', async (t) => {
  const port = await listening(
    t,
    createTlsServer({ key: KEY, cert: CERT }, (_, response) => response.end('{}')),
  );
  const found = async (host: string, now: number) =>
    codesOf(await examine(`https://${host}:${port}`, { clock: { now: () => now } }));
  const soon = Date.parse('2126-10-20');
  assert.deepEqual(await found('127.0.0.1', Date.now()), ['TLS_UNTRUSTED']);
  assert.deepEqual(await found('0.0.0.0', Date.now()), ['TLS_WRONG_NAME', 'TLS_UNTRUSTED']);
  assert.deepEqual(await found('localhost', soon), ['TLS_ENDS_SOON', 'TLS_UNTRUSTED']);
  assert.deepEqual(await found('localhost', Date.parse('2127-01-01')), ['TLS_EXPIRED', 'TLS_UNTRUSTED']);
  const authorities = getCACertificates();
  t.after(() => setDefaultCACertificates(authorities));
  setDefaultCACertificates([...authorities, CERT.toString()]);
  assert.deepEqual(await found('localhost', Date.now()), []);
  assert.deepEqual(await found('0.0.0.0', Date.now()), ['TLS_WRONG_NAME']);
});

test('a server that is no sessions service, and one that is down, are no findings', async (t) => {
  const port = await listening(
    t,
    createServer((_, response) => response.end('<h1>hello</h1>')),
  );
  const other = await examine(`http://127.0.0.1:${port}`);
  assert.deepEqual([other.findings, other.unchecked.length], [[], 1]);
  assert.match(String(other.unchecked[0]?.reason), /it may not be a sessions service/);
  const { code, stdout } = await runCommand(['doctor', '--url', 'http://127.0.0.1:1']);
  assert.equal(code, 5);
  assert.match(stdout, /does not respond: ECONNREFUSED/);
});
