import type { Config } from './config.ts';
import { systemClock } from './domain/clock.ts';
import { Sessions } from './domain/sessions.ts';
import { HttpServer } from './http/server.ts';
import type { Logger } from './observability/log.ts';
import { createStore } from './stores/create-store.ts';
import { Sweeper } from './sweeper.ts';

/** A service that runs in this process. */
export interface RunningService {
  /** Where callers reach it, like `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The use cases, for callers in the same process. */
  readonly sessions: Sessions;
  /** Finishes requests in flight, then writes on their way to the disk. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the whole service: store, use cases, sweeper, HTTP. Rejects with `INVALID_CONFIG`, with `STORE_UNUSABLE`,
 * or with the system's error when the address cannot be listened on; nothing is left running then.
 */
export async function startService(config: Config, log: Logger): Promise<RunningService> {
  const clock = systemClock();
  const store = await createStore(config.store);
  await store.open();
  try {
    const { page_size_max } = config;
    const sessions = new Sessions(store, clock, { idle_timeout_ms: config.idle_timeout * 1000, page_size_max });
    const sweeper = new Sweeper(sessions, config.sweep_interval * 1000, log);
    const server = await HttpServer.create({
      sessions,
      clock,
      log,
      info: { name: 'sessions', description: 'User sessions microservice', properties: {}, components: [] },
      v1_base: '/v1/sessions',
      swagger: true,
      body_limit: config.body_limit,
      cors_origins: config.cors_origins,
    });
    const url = await server.listen(config.host, config.port);
    sweeper.start();
    log.info({ url, store: config.store, msg: 'started' });
    return {
      url,
      sessions,
      stop: async () => {
        await server.close();
        await sweeper.stop();
        await store.close();
        log.info({ msg: 'stopped' });
        log.flush();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
