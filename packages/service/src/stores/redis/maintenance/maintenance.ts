import { SessionsError } from '../../../domain/errors.ts';
import type { Aspect, StoreMaintenance, Task } from '../../shared/maintenance/maintenance.ts';
import { sound, unsound, versionAspect } from '../../shared/maintenance/problems.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { type RedisStoreConfig, redisStoreConfig } from '../config.ts';
import { Keys } from '../data/keys.ts';
import { LAYOUT, layoutFrom } from '../data/layout.ts';
import { ShardRouter } from '../topology/shard-router.ts';
import { withTimeout } from '../topology/with-timeout.ts';
import { forgetMissing } from './forget.ts';
import type { Opened } from './opened.ts';
import { checkSessions } from './session-check.ts';

/** Maintains the data of a `redis:` store. */
export function maintenance(url: string): StoreMaintenance {
  const config = redisStoreConfig(url, { retention_ms: null });
  return {
    check: (task) => check(config, task),
    migrations: null,
    compact: (task) =>
      withEngine(config, async (opened) => {
        const layout = await layoutOf(opened);
        if (layout.problems_total > 0)
          throw new SessionsError('STORE_UNUSABLE', `The data cannot be compacted: ${layout.problems[0]}.`);
        return forgetMissing(opened, task);
      }),
  };
}

async function* check(config: RedisStoreConfig, task: Task): AsyncGenerator<Aspect, void, undefined> {
  const layout = await withEngine(config, layoutOf);
  yield layout;
  if (layout.problems_total > 0) return;
  yield* await withEngine(config, (opened) => checkSessions(opened, task));
}

async function layoutOf({ engine, keys }: Opened): Promise<Aspect> {
  const layout = layoutFrom(await engine.send<string | null>(keys.commonShard, ['GET', keys.layout]));
  if (layout === null) return unsound('layout', `there is no key "${keys.layout}", so no service has used this prefix`);
  if (layout.version !== LAYOUT) return versionAspect(layout.version, LAYOUT);
  const shards = keys.shards.length === 1 ? 1 : keys.shards.length - 1;
  if (layout.shards === shards) return sound('layout', `version ${layout.version}, ${shards} shards`);
  return unsound('layout', `it has shards=${layout.shards}, and the store URL has shards=${shards}`);
}

async function withEngine<T>(config: RedisStoreConfig, work: (opened: Opened) => Promise<T>): Promise<T> {
  const keys = new Keys(config.prefix, config.shards);
  const engine = new ShardRouter(config, keys, () => {});
  try {
    const late = () => unavailable(engine.problem ?? `it was not reached within ${config.open_timeout_ms} ms`);
    await withTimeout(engine.open(), config.open_timeout_ms, late);
    return await work({ engine, keys });
  } finally {
    engine.close();
  }
}
