import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import pg from 'pg';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import type { StoreOptions } from '../../packages/service/src/stores/shared/store-url.ts';
import { PostgresServer } from '../servers/postgres-server.ts';
import { RedisCluster } from '../servers/redis-cluster.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { connectTo } from './redis-commands.ts';

export type StoreName = 'memory' | 'sqlite' | 'postgres' | 'redis' | 'redis cluster';

/** The place of all stores of one kind in one test file. */
interface Home {
  /** Closes the stores opened before, and returns the URL of an empty store. */
  readonly empty: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

interface Kind {
  readonly name: StoreName;
  /** Whether several nodes may share its sessions. */
  readonly isShared: boolean;
  /** The program that the machine lacks to test this kind; null if it can be tested. */
  readonly missing: string | null;
  readonly start: () => Promise<Home>;
}

const KINDS: readonly Kind[] = [
  {
    name: 'memory',
    isShared: false,
    missing: null,
    start: async () => ({ empty: async () => 'memory:?sessions_max=10000', stop: async () => {} }),
  },
  { name: 'sqlite', isShared: false, missing: null, start: sqliteHome },
  {
    name: 'postgres',
    isShared: true,
    missing: missingPostgres(),
    start: postgresHome,
  },
  { name: 'redis', isShared: true, missing: missingRedis(), start: redisHome },
  { name: 'redis cluster', isShared: true, missing: missingRedis(), start: redisClusterHome },
];

/** The stores of one kind, for the tests of one file. */
export class TestedStores {
  readonly name: StoreName;
  /** Whether `again` opens a second node on the same data. */
  readonly isShared: boolean;
  readonly #kind: Kind;
  #home: Home | null = null;
  #url = '';
  #open: SessionStore[] = [];

  constructor(kind: Kind) {
    this.name = kind.name;
    this.isShared = kind.isShared;
    this.#kind = kind;
  }

  async start(): Promise<void> {
    this.#home = await this.#kind.start();
  }

  async stop(): Promise<void> {
    await this.#close();
    await this.#home?.stop();
  }

  /** Opens an empty store, and closes all stores opened before. */
  async empty(options: Omit<StoreOptions, 'retention_ms'> = {}): Promise<SessionStore> {
    if (!this.#home) throw new Error('The stores are not started yet: call empty() inside a test or a hook.');
    await this.#close();
    this.#url = await this.#home.empty();
    return this.again(options);
  }

  /** Opens another store on the same data as the last empty one, like a second node. */
  async again(options: Omit<StoreOptions, 'retention_ms'> = {}): Promise<SessionStore> {
    const store = await createStore(this.#url, { retention_ms: null, ...options });
    await store.open();
    this.#open.push(store);
    return store;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((store) => store.close()));
  }
}

/** Declares the same tests for every kind of store. The servers of a kind are started for this test file only. */
export function onEveryStore(declare: (stores: TestedStores) => void): void {
  for (const kind of KINDS) onKind(kind, declare);
}

/** Declares the tests only for the kinds of store that several nodes may share. */
export function onSharedStores(declare: (stores: TestedStores) => void): void {
  for (const kind of KINDS) if (kind.isShared) onKind(kind, declare);
}

function onKind(kind: Kind, declare: (stores: TestedStores) => void): void {
  describe(kind.name, { skip: kind.missing ?? false }, () => {
    const stores = new TestedStores(kind);
    before(() => stores.start());
    after(() => stores.stop());
    declare(stores);
  });
}

/** The program that the machine lacks for tests with PostgreSQL; null if nothing is missing. */
export function missingPostgres(): string | null {
  return PostgresServer.isAvailable() ? null : 'no PostgreSQL on this machine';
}

/** The program that the machine lacks for tests with Redis; null if nothing is missing. */
export function missingRedis(): string | null {
  return RedisServer.isAvailable() ? null : 'no Redis on this machine';
}

async function sqliteHome(): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-stores-'));
  let files = 0;
  return {
    empty: async () => {
      files += 1;
      return `sqlite:${folder}/${files}/sessions.db`;
    },
    stop: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgresHome(): Promise<Home> {
  // These tests do not depend on durability, and waiting for the disk would take most of their time.
  const server = await PostgresServer.start({ settings: { fsync: 'off' } });
  const url = await server.newDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    empty: async () => {
      await client.query('SET client_min_messages = error; DROP SCHEMA IF EXISTS pip_sessions CASCADE');
      return url;
    },
    stop: async () => {
      await client.end();
      await server.remove();
    },
  };
}

async function redisHome(): Promise<Home> {
  const server = await RedisServer.start();
  return homeOn([server], server.url, () => server.remove());
}

async function redisClusterHome(): Promise<Home> {
  const cluster = await RedisCluster.start();
  return homeOn(await cluster.masters(), cluster.url, () => cluster.stop());
}

async function homeOn(masters: readonly RedisServer[], url: string, stop: () => Promise<void>): Promise<Home> {
  const { commands, close } = await connectTo(masters);
  return {
    empty: async () => {
      await Promise.all(commands.map((command) => command('FLUSHALL')));
      return url;
    },
    stop: async () => {
      close();
      await stop();
    },
  };
}
