import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { SessionChange } from '../../../domain/changes.ts';

/** A service or a store that a command uses. */
export interface Connection {
  readonly client: SessionsClient;
  /** Its address, without a password. */
  readonly name: string;
  /**
   * Returns the changes from now on, until the signal is aborted. `started` is called when no later change is missed.
   * `user_id` is empty if the source does not have it.
   */
  readonly changes: (started: () => void, signal: AbortSignal) => AsyncIterable<SessionChange>;
}
