import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../../servers/postgres-server.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../../stores/missing.ts';

/** The store of the service under test. */
interface Engine {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

export interface EngineKind {
  readonly name: string;
  readonly missing: string | null;
  readonly start: () => Promise<Engine>;
}

/** A file system in memory: the results do not depend on the disk, and the disk would take most of the time. */
const IN_MEMORY = '/dev/shm';

export const MEMORY: EngineKind = {
  name: 'memory',
  missing: null,
  start: async () => ({ url: 'memory:', remove: async () => {} }),
};

export const SQLITE: EngineKind = {
  name: 'sqlite',
  missing: null,
  start: async () => {
    const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'pip-sessions-fuzz-'));
    return { url: `sqlite:${folder}/sessions.db`, remove: async () => rmSync(folder, { recursive: true }) };
  },
};

export const POSTGRES: EngineKind = {
  name: 'postgres',
  missing: missingPostgres(),
  start: async () => {
    const server = await PostgresServer.start({ settings: { fsync: 'off' } });
    return { url: await server.newDatabase(), remove: () => server.remove() };
  },
};

export const REDIS: EngineKind = {
  name: 'redis',
  missing: missingRedis(),
  start: async () => {
    const server = await RedisServer.start();
    return { url: server.url, remove: () => server.remove() };
  },
};

export const REDIS_CLUSTER: EngineKind = {
  name: 'redis-cluster',
  missing: missingRedis(),
  start: async () => {
    const cluster = await RedisCluster.start();
    return { url: cluster.url, remove: () => cluster.stop() };
  },
};
