import pg from 'pg';
import { PostgresServer } from '../../servers/postgres-server.ts';
import type { Home, Kind } from '../kind.ts';
import { missingPostgres } from '../missing.ts';

export const KIND: Kind = {
  name: 'postgres',
  isShared: true,
  missing: missingPostgres(),
  speed: 0.12,
  start,
};

async function start(): Promise<Home> {
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
