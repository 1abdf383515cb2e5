import type { CloseReason } from './close-reasons.ts';

/** The maximum number of ids in one `POST /v2/sessions/check`. */
export const CHECKED_IDS_MAX = 256;

/** The state of one session, without its values. */
export type SessionCheck =
  | {
      /** The id of the session. */
      readonly id: string;
      /** Whether the session is live. */
      readonly active: true;
      /** The revision of the session. */
      readonly revision: number;
      /** Whole seconds until the session ends without further activity; null if it has no deadline. */
      readonly expires_in: number | null;
    }
  | {
      readonly id: string;
      readonly active: false;
      /** Why the session has ended; `unknown` if no session has this id. */
      readonly reason: 'unknown' | CloseReason;
    };

/** The result of `POST /v2/sessions/check`. */
export interface SessionCheckList {
  /** The state of each session, in the order of the ids. */
  readonly results: readonly SessionCheck[];
}
