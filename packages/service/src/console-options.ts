import type { Config } from './config/config.ts';
import type { SessionStore } from './domain/store.ts';
import type { Swept } from './domain/sweeps/sweep.ts';
import { elapsedTime } from './domain/time/elapsed-time.ts';
import type { ConsoleOptions } from './http/console/options.ts';
import type { NearSessions } from './near-sessions/near-sessions.ts';
import type { LiveSessions } from './observability/metrics/live-sessions.ts';
import { schemeOf } from './stores/shared/store-url.ts';

/** ASVS 7.3.1, 7.3.2: the console ends and shows sessions of all users, so its own are short. */
const IDLE_TIMEOUT_S = 1_800;
const LIFETIME_S = 43_200;

interface ConsoleSources {
  readonly store: SessionStore;
  readonly live: LiveSessions;
  /** The node's cache; null if it has none. */
  readonly near: NearSessions | null;
  /** Returns the number of gaps of the store's feed. */
  readonly gaps: () => number;
  /** Returns the last sweep of this process. */
  readonly swept: () => Swept | null;
}

/** Returns what the console needs to know of the service. */
export function consoleOptions(config: Config, { store, live, near, gaps, swept }: ConsoleSources): ConsoleOptions {
  const { max_lifetime } = config;
  return {
    timeouts: {
      idle_timeout_ms: Math.min(IDLE_TIMEOUT_S, config.idle_timeout_max) * 1000,
      lifetime_ms: (max_lifetime === 0 ? LIFETIME_S : Math.min(LIFETIME_S, max_lifetime)) * 1000,
    },
    store_kind: schemeOf(config.store),
    audit_setting: config.audit,
    sweep_interval_s: config.sweep_interval,
    hours: (since) => store.hours(since),
    figures: async () => {
      const cache = near?.stats() ?? null;
      return {
        live: await live.read(),
        feed_lag_s: Math.max(0, elapsedTime() - store.watermark()) / 1000,
        feed_gaps: gaps(),
        near_cache: cache && { hits: cache.hits, misses: cache.loads },
        swept: swept(),
      };
    },
  };
}
