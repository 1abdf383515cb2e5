import { PostgresServer } from '../servers/postgres-server.ts';
import { RedisServer } from '../servers/redis-server.ts';

/** The program that the machine lacks for tests with PostgreSQL; null if nothing is missing. */
export function missingPostgres(): string | null {
  return PostgresServer.isAvailable() ? null : 'no PostgreSQL on this machine';
}

/** The program that the machine lacks for tests with Redis; null if nothing is missing. */
export function missingRedis(): string | null {
  return RedisServer.isAvailable() ? null : 'no Redis on this machine';
}
