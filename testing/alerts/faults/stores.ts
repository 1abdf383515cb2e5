import { execFileSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const OF_NO_STORE = ['SessionsNotReady', 'SessionsStoreFailing', 'SessionsErrors'];

const NO_POSTGRES: Fault = {
  name: 'PostgreSQL is killed',
  causes: [...OF_NO_STORE, 'SessionsFeedLag'],
  // Each write whose outcome is unknown is a gap.
  mayCause: ['SessionsSlow', 'SessionsFeedGaps'],
  prepare: async (installation) => {
    const postgres = await installation.postgres();
    await Promise.all([installation.node(postgres.url), installation.node(postgres.url)]);
    return { begin: () => postgres.kill(), end: () => postgres.start() };
  },
};

const HALTED_REDIS: Fault = {
  name: 'Redis does not respond',
  causes: [...OF_NO_STORE, 'SessionsFeedLag'],
  mayCause: ['SessionsSlow', 'SessionsFeedGaps'],
  prepare: async (installation) => {
    const redis = await installation.redis();
    await Promise.all([installation.node(redis.url), installation.node(redis.url)]);
    return { begin: () => redis.pause(), end: () => redis.resume() };
  },
};

/** The system limits the size of all files of the process: its writes fail as on a full disk. */
const FULL_DISK: Fault = {
  name: 'the disk of SQLite is full',
  causes: OF_NO_STORE,
  prepare: async (installation) => {
    const { pid } = await installation.node(installation.sqlite());
    const limit = (bytes: string) => void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
    return { begin: () => limit('1'), end: () => limit('unlimited') };
  },
};

const SLOW_MS = 100;

const SLOW_NETWORK: Fault = {
  name: `PostgreSQL responds ${2 * SLOW_MS} ms late`,
  causes: ['SessionsSlow'],
  prepare: async (installation) => {
    const postgres = await installation.postgres();
    const proxy = await installation.proxy(postgres.port);
    await installation.node(postgres.url.replace(String(postgres.port), String(proxy.port)));
    return slower(proxy, SLOW_MS);
  },
};

const QUEUED_MS = 200;
/** Two batches of 512 writes are in progress, and all further writes wait. */
const QUEUED_CALLERS = 2_200;

const QUEUE: Fault = {
  name: `${QUEUED_CALLERS} callers open sessions at once, and PostgreSQL responds ${2 * QUEUED_MS} ms late`,
  causes: ['SessionsStoreQueue'],
  // On a slow machine some writes wait for two seconds, and fail.
  mayCause: ['SessionsSlow', 'SessionsEventLoop', 'SessionsStoreFailing', 'SessionsErrors'],
  prepare: async (installation) => {
    const postgres = await installation.postgres();
    const proxy = await installation.proxy(postgres.port);
    const { url } = await installation.node(postgres.url.replace(String(postgres.port), String(proxy.port)));
    const { begin, end } = slower(proxy, QUEUED_MS);
    const flood = new AbortController();
    let callers: Promise<unknown> = Promise.resolve();
    const stop = async () => {
      flood.abort();
      await callers;
    };
    installation.defer(stop);
    return {
      begin: () => {
        begin();
        callers = open(url, QUEUED_CALLERS, flood.signal);
      },
      end: async () => {
        end();
        await stop();
      },
    };
  },
};

function slower(proxy: { delay_ms: number }, ms: number) {
  return {
    begin: () => {
      proxy.delay_ms = ms;
    },
    end: () => {
      proxy.delay_ms = 0;
    },
  };
}

/** Callers that open one session after the other. */
async function open(url: string, count: number, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const call = async () => {
    while (!signal.aborted) await openOne(url, agent).catch(() => delay(10));
  };
  await Promise.all(Array.from({ length: count }, call));
  agent.destroy();
}

function openOne(url: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { 'content-type': 'application/json' };
  const sent = request(`${url}/v2/sessions`, { method: 'POST', agent, headers });
  sent.on('error', reject).on('response', (response) => {
    response.resume().on('end', resolve).on('error', reject);
  });
  sent.end('{"user_id":"bob"}');
  return promise;
}

export const STORE_FAULTS: readonly Fault[] = [NO_POSTGRES, HALTED_REDIS, FULL_DISK, SLOW_NETWORK, QUEUE];
