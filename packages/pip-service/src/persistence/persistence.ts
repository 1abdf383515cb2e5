import type { SessionStore } from '@pip-sessions/service/internal/domain/store';

/** What a controller needs of the persistence that it is wired to. */
export interface SessionsPersistence {
  /** The same object before and after the persistence was opened. */
  readonly store: SessionStore;
  /** The largest page that a list answers. */
  readonly page_size_max: number;
  /**
   * What ends a session that does not say it itself, in milliseconds without activity: the controller's
   * `options.expire_timeout`. It counts from the next time that the persistence is opened.
   */
  assumeIdleTimeout(idle_timeout_ms: number): void;
}

export function isPersistence(component: unknown): component is SessionsPersistence {
  return (
    typeof component === 'object' && component !== null && 'store' in component && 'assumeIdleTimeout' in component
  );
}
