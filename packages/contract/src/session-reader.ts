import type { ReadOptions } from './request-options.ts';
import type { CloseReason, Session } from './v2.ts';

/**
 * Why a connection is closed: the reason for which its session ended; `unknown` if the session was removed. Or
 * `unconfirmed`: the session may be live, but that could not be confirmed within the bound.
 */
export type EndReason = CloseReason | 'unknown' | 'unconfirmed';

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

  /**
   * Calls `close` once when the session ends, for connections that stay open. Returns a function that prevents this.
   * Readers without a change stream omit this method.
   */
  endWith?(session: string | Pick<Session, 'id'>, close: (reason: EndReason) => void): () => void;
}
