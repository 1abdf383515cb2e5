import type { ReadOptions } from './request-options.ts';
import type { Session } from './v2.ts';

/**
 * Finds the session of a token, as middleware needs it. The remote client, its cache and the service in the same
 * process implement it.
 */
export interface SessionReader<User = unknown, Data = unknown> {
  /**
   * Returns the live session of a token; null if there is none or it has ended. Rejects if the service cannot be
   * reached, so that a fault never signs a user in or out.
   */
  read(credential: string, options?: ReadOptions): Promise<Session<User, Data> | null>;

  /**
   * Returns the result of `read` if it is in memory and still safe to use. Returns undefined if `read` would have to
   * call the service. Readers without a cache omit this method.
   */
  peek?(credential: string): Session<User, Data> | null | undefined;
}
