import type { SessionsSettings } from '../domain/settings.ts';
import type { Config } from './config.ts';

/** Returns the settings of the use cases, in the units of the domain. */
export function sessionsSettings(config: Config): SessionsSettings {
  const { max_lifetime, max_per_user, limit_policy, retention } = config;
  return {
    idle_timeout_ms: config.idle_timeout * 1000,
    idle_timeout_ms_max: config.idle_timeout_max * 1000,
    actor_lifetime_ms_max: config.actor_lifetime_max * 1000,
    lifetime_ms_max: max_lifetime === 0 ? null : max_lifetime * 1000,
    touch_interval_ms: config.touch_interval * 1000,
    rotation_grace_ms: config.rotation_grace * 1000,
    limit: max_per_user === 0 ? null : { max: max_per_user, policy: limit_policy },
    retention_ms: retention === 0 ? null : retention * 1000,
    page_size_max: config.page_size_max,
  };
}
