import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { PostgresServer } from '../../../testing/servers/postgres-server.ts';
import { TcpProxy } from '../../../testing/servers/proxy.ts';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../../../testing/stores/missing.ts';
import { loadConfig } from './config/config.ts';
import { createLogger } from './observability/log.ts';
import { type RunningService, startService } from './service.ts';

const DELAY_MS = 100;

const SERVERS = [
  { name: 'postgres', skip: missingPostgres() ?? false, start: () => PostgresServer.start() },
  { name: 'redis', skip: missingRedis() ?? false, start: () => RedisServer.start() },
];

function node(store: string): Promise<RunningService> {
  return startService(loadConfig({ SESSIONS_STORE: store, SESSIONS_PORT: '0' }), createLogger('silent'));
}

/** Reads a stream until a text has arrived, and ends it. */
async function readUntil({ body }: Response, text: RegExp): Promise<void> {
  let read = '';
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += piece;
    if (text.test(read)) return;
  }
  throw new Error(`the stream has ended: ${read}`);
}

/** The mean of the histogram, in milliseconds. */
async function meanLag(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (part: string) =>
    Number(new RegExp(`^sessions_changes_delivery_seconds_${part} (.*)$`, 'm').exec(text)?.[1]);
  return (1_000 * value('sum')) / value('count');
}

for (const { name, skip, start } of SERVERS) {
  test(`${name}: the revocation lag begins with the commit at another node`, { skip }, async (t) => {
    const stops: (() => unknown)[] = [];
    // The nodes stop before their server: no connection is under way at the end of the process.
    t.after(async () => {
      for (const stop of stops.toReversed()) await stop();
    });
    const server = await start();
    stops.push(() => server.remove());
    const proxy = await TcpProxy.start(server.port);
    stops.push(() => proxy.stop());
    const [near, far] = [await node(server.url), await node(server.url.replace(`:${server.port}`, `:${proxy.port}`))];
    stops.push(near.stop, far.stop);
    const here = createSessionsClient({ url: near.url });
    const there = far.url;
    const { session } = await here.open({ user_id: 'ann' });
    const changes = await fetch(`${there}/v2/changes`);
    proxy.delay_ms = DELAY_MS;
    await here.close(session.id);
    await readUntil(changes, /"close_reason":"closed"/);
    proxy.delay_ms = 0;
    const lag_ms = await meanLag(there);
    assert.ok(lag_ms > 0.9 * DELAY_MS && lag_ms < 10 * DELAY_MS, `${lag_ms} ms`);
  });
}
