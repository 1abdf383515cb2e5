import type { SessionStore } from '@pip-sessions/service/internal/domain/store';

/** The interface of a persistence for the controller. */
export interface SessionsPersistence {
  /** The same object before and after the persistence was opened. */
  readonly store: SessionStore;
  /** Maximum number of sessions on a page of a list. */
  readonly page_size_max: number;
  /**
   * Sets the idle timeout, in milliseconds, of sessions that have none: the controller's `options.expire_timeout`. It
   * applies from the next time that the persistence is opened.
   */
  assumeIdleTimeout(idle_timeout_ms: number): void;
}

export function isPersistence(component: unknown): component is SessionsPersistence {
  return (
    typeof component === 'object' && component !== null && 'store' in component && 'assumeIdleTimeout' in component
  );
}
