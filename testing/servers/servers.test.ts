import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { missingPostgres, missingRedis } from '../stores/missing.ts';
import { withConnections } from '../stores/redis-commands.ts';
import { onFreePorts } from './free-port.ts';
import { PostgresServer } from './postgres-server.ts';
import { TcpProxy } from './proxy.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisServer } from './redis-server.ts';
import { findBinary } from './server-binary.ts';

const postgres = { skip: missingPostgres() ?? false };
const redis = { skip: missingRedis() ?? false };
const OWNER = fileURLToPath(new URL('./server-owner.ts', import.meta.url));
const ENDED_WITHIN_MS = 10_000;
const POLL_MS = 20;
const DROPPED_FOR_MS = 50;
const DELAY_MS = 30;

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return address.port;
}

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function command(server: Pick<RedisServer, 'url'>, ...words: readonly string[]): Promise<unknown> {
  return withConnections([server], async ([send]) => send?.(...words));
}

test('postgres: committed data survives a stop and a kill, on the same port', postgres, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.remove());
  await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS number');
  for (const end of [() => server.stop('fast'), () => server.stop('immediate'), () => server.kill()]) {
    await end();
    await assert.rejects(query(server.url, 'SELECT 1'), { code: 'ECONNREFUSED' });
    await server.start();
    assert.deepEqual(await query(server.url, 'SELECT number FROM kept'), [{ number: 1 }]);
  }
});

test('postgres: new databases are empty, and settings are applied', postgres, async (t) => {
  const server = await PostgresServer.start({ settings: { fsync: 'off', max_connections: '23' } });
  t.after(() => server.remove());
  const [first, second] = [await server.newDatabase(), await server.newDatabase()];
  await query(first, 'CREATE TABLE own (id int)');
  assert.deepEqual(await query(second, `SELECT to_regclass('own') AS own`), [{ own: null }]);
  assert.deepEqual(await query(second, 'SHOW max_connections'), [{ max_connections: '23' }]);
  assert.deepEqual(await query(second, 'SHOW fsync'), [{ fsync: 'off' }]);
});

test('redis: a killed server starts again on its port, without its data', redis, async (t) => {
  const server = await RedisServer.start({ settings: { maxmemory: '64mb' } });
  t.after(() => server.remove());
  assert.deepEqual(await command(server, 'CONFIG', 'GET', 'maxmemory'), ['maxmemory', String(64 * 1024 * 1024)]);
  await command(server, 'SET', 'key', 'value');
  await server.kill();
  await assert.rejects(command(server, 'PING'), { code: 'ECONNREFUSED' });
  await server.restart();
  assert.equal(await command(server, 'GET', 'key'), null);
});

test('redis: a paused server responds after it is resumed', redis, async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.remove());
  server.pause();
  const answer = command(server, 'PING');
  assert.equal(await Promise.race([answer, delay(DROPPED_FOR_MS, 'nothing')]), 'nothing');
  server.resume();
  assert.equal(await answer, 'PONG');
});

test('redis cluster: a killed master is replaced, and comes back as a replica', redis, async (t) => {
  const cluster = await RedisCluster.start();
  t.after(() => cluster.stop());
  const before = await cluster.masters();
  assert.equal(before.length, 3);
  const killed = await cluster.killMaster(1);
  await cluster.whenReady();
  const replaced = await cluster.masters();
  assert.equal(replaced.length, 3);
  assert.ok(!replaced.includes(killed));
  assert.deepEqual([replaced[0], replaced[2]], [before[0], before[2]]);
  await killed.restart();
  await cluster.whenReady();
  assert.match(String(await command(killed, 'INFO', 'replication')), /role:slave/);
});

test('a server that rejects its settings fails with its output', redis, async () => {
  await assert.rejects(RedisServer.start({ settings: { unheard: 'of' } }), /ended\. Its output:\n.*unheard/s);
});

test('a server whose port is taken starts on another port', redis, async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const ports = [portOf(other)];
  const server = await onFreePorts(1, ([free = 0]) => RedisServer.start({ port: ports.pop() ?? free }));
  t.after(() => server.remove());
  assert.notEqual(server.port, portOf(other));
  assert.equal(await command(server, 'PING'), 'PONG');
});

for (const end of ['exits', 'is killed'] as const) {
  const skip = postgres.skip || redis.skip || (findBinary('setpriv') ? false : 'no setpriv on this machine');
  test(`servers do not outlive a process that ${end}`, { skip }, async () => {
    const owner = spawn(process.execPath, ['--conditions=source', OWNER], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const { ports, folders } = JSON.parse(line) as { ports: number[]; folders: string[] };
    const ended = once(owner, 'exit');
    if (end === 'exits') owner.stdin.end();
    else owner.kill('SIGKILL');
    await ended;
    for (const port of ports) await untilRefused(port);
    for (const folder of folders) {
      assert.equal(existsSync(folder), end === 'is killed', 'a killed process cannot remove its folders');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });
}

async function untilRefused(port: number): Promise<void> {
  const end = AbortSignal.timeout(ENDED_WITHIN_MS);
  while (!(await isRefused(port))) {
    if (end.aborted) throw new Error(`Something still listens on ${port}.`);
    await delay(POLL_MS);
  }
}

/** Sends lines to the echo server and resolves to what comes back. */
class Echo {
  readonly socket: Socket;

  constructor(t: TestContext, port: number) {
    this.socket = connect(port, '127.0.0.1').setEncoding('utf8');
    this.socket.on('error', () => {});
    t.after(() => this.socket.destroy());
  }

  async say(text: string): Promise<string> {
    this.socket.write(text);
    const [answer] = await once(this.socket, 'data');
    return answer;
  }
}

function codeOfEnd(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)));
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isConnected = await Promise.race([
    once(socket, 'connect').then(() => true),
    codeOfEnd(socket).then(() => false),
  ]);
  socket.destroy();
  return !isConnected;
}

async function proxyOfEcho(t: TestContext): Promise<TcpProxy> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start(portOf(server));
  t.after(async () => {
    await proxy.stop();
    server.close();
  });
  return proxy;
}

test('a proxy in mode "drop" keeps connections open and delivers bytes late', async (t) => {
  const proxy = await proxyOfEcho(t);
  const echo = new Echo(t, proxy.port);
  assert.equal(await echo.say('one'), 'one');
  proxy.mode = 'drop';
  const late = echo.say('two');
  const newcomer = new Echo(t, proxy.port).say('three');
  assert.equal(await Promise.race([late, newcomer, delay(DROPPED_FOR_MS, 'nothing')]), 'nothing');
  proxy.mode = 'pass';
  assert.deepEqual(await Promise.all([late, newcomer]), ['two', 'three']);
});

test('a proxy resets connections, refuses new ones, and passes again', async (t) => {
  const proxy = await proxyOfEcho(t);
  const echo = new Echo(t, proxy.port);
  await echo.say('one');
  const reset = codeOfEnd(echo.socket);
  proxy.mode = 'reset';
  assert.equal(await reset, 'ECONNRESET');
  assert.equal(await codeOfEnd(connect(proxy.port, '127.0.0.1')), 'ECONNRESET');
  await proxy.setMode('refuse');
  assert.equal(await codeOfEnd(connect(proxy.port, '127.0.0.1')), 'ECONNREFUSED');
  await proxy.setMode('pass');
  assert.equal(await new Echo(t, proxy.port).say('four'), 'four');
});

test('a proxy delays each direction, and keeps the order', async (t) => {
  const proxy = await proxyOfEcho(t);
  const echo = new Echo(t, proxy.port);
  await echo.say('one');
  proxy.delay_ms = DELAY_MS;
  const start = performance.now();
  const slow = echo.say('slow');
  assert.equal(await slow, 'slow');
  assert.ok(performance.now() - start >= 2 * DELAY_MS - 2);
});
