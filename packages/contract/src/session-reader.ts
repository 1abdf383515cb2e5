import type { RequestOptions } from './request-options.ts';
import type { Session } from './v2.ts';

/**
 * What a guard of an application needs, whoever does it: the remote client, a cache before it, or the service in the
 * same process.
 */
export interface SessionReader<User = unknown, Data = unknown> {
  /**
   * The live session that a credential, its token, belongs to; null when there is none, or it has ended. Rejects when
   * that cannot be told, so that a fault neither signs anyone in nor out.
   */
  read(credential: string, options?: RequestOptions): Promise<Session<User, Data> | null>;

  /**
   * What `read` would answer, where that is in memory and safe to answer; undefined where somebody has to be asked. Left
   * out by readers without a memory.
   */
  peek?(credential: string): Session<User, Data> | null | undefined;
}
