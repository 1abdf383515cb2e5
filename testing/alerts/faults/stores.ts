import { execFileSync } from 'node:child_process';
import { createSessionsClient } from '@pip-sessions/client';
import pg from 'pg';
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
    return {
      begin: () => {
        proxy.delay_ms = SLOW_MS;
      },
      end: () => {
        proxy.delay_ms = 0;
      },
    };
  },
};

/** With few connections, one batch of 512 writes is in progress, and all further writes wait. */
const CALLERS = 1_700;
const FEW_CONNECTIONS = 'connections=4&call_timeout_ms=60000';
const LOCK = 'BEGIN; LOCK TABLE pip_sessions.sessions IN EXCLUSIVE MODE';

const QUEUE: Fault = {
  name: `a transaction locks the table at PostgreSQL while ${CALLERS} callers open sessions`,
  causes: ['SessionsStoreQueue'],
  // Readiness needs a write, the watermark stands still during a commit, and the callers get their responses at the end.
  mayCause: ['SessionsNotReady', 'SessionsFeedLag', 'SessionsSlow', 'SessionsEventLoop'],
  prepare: async (installation) => {
    const postgres = await installation.postgres();
    const { url } = await installation.node(`${postgres.url}?${FEW_CONNECTIONS}`);
    const administrator = new pg.Client({ connectionString: postgres.url });
    await administrator.connect();
    installation.defer(() => administrator.end());
    const client = createSessionsClient({ url, timeout_ms: 60_000, retries: 0 });
    let opens: readonly Promise<unknown>[] = [];
    return {
      begin: async () => {
        await administrator.query(LOCK);
        opens = Array.from({ length: CALLERS }, (_, index) => client.open({ user_id: `user ${index}` }));
      },
      end: async () => {
        await administrator.query('ROLLBACK');
        await Promise.all(opens);
      },
    };
  },
};

export const STORE_FAULTS: readonly Fault[] = [NO_POSTGRES, HALTED_REDIS, FULL_DISK, SLOW_NETWORK, QUEUE];
