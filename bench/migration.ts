/**
 * Moves an application with 10,000 signed-in users from connect-redis to the service while they go on: a rolling
 * restart, then the change-over. `npm run bench:migration -- --users=1000` takes fewer users.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rollOver } from '../testing/migration/roll-over.ts';
import { RedisServer } from '../testing/servers/redis-server.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({ options: { users: { type: 'string', default: '10000' } } });
const users = Number(values.users);
if (!Number.isInteger(users) || users < 1) throw new Error('--users must be a positive integer.');

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-migration-'));
const redis = await RedisServer.start();
const service = await ServiceProcess.start(`sqlite:${join(folder, 'sessions.db')}`);
try {
  const { phases, left_in_redis, in_service } = await rollOver({
    redis_url: redis.url,
    service_url: service.url,
    users,
    parallel: 16,
    instances: 3,
    wait_ms: 30_000,
    progress: (phase) => console.log(`${new Date().toISOString()} ${phase}`),
  });
  console.table(
    phases.map(({ latencies_ms, ...figures }) => ({
      ...figures,
      p50_ms: quantile(latencies_ms, 0.5),
      p99_ms: quantile(latencies_ms, 0.99),
    })),
  );
  console.log({ users, left_in_redis, in_service });
} finally {
  await service.kill();
  await redis.stop();
  rmSync(folder, { recursive: true });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1));
}
