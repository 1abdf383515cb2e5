import type { Session } from './session.ts';

/**
 * A line of the response to `POST /v2/users/export`: a session, or the end. A response without the end line is
 * incomplete.
 */
export type ExportLine<User = unknown, Data = unknown> =
  | {
      readonly type: 'session';
      /** A session of the user, live or ended. */
      readonly session: Session<User, Data>;
    }
  | {
      readonly type: 'end';
      /** The number of sessions in the lines before. */
      readonly sessions: number;
    };

/** The result of `POST /v2/users/erase`: a receipt, which does not contain the id of the user. */
export interface EraseResult {
  /** The SHA-256 of the user's id, in hex. */
  readonly user_id_hash: string;
  /** When the erasure began. */
  readonly time: string;
  /** The number of sessions that this call deleted. */
  readonly erased: number;
  /** How many of them were live. */
  readonly closed: number;
  /** Whether the user may have sessions left. If true, call again. */
  readonly more: boolean;
}
