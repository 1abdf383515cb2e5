import type { SessionSummary } from './session.ts';

/** The body of `POST /v2/sessions/own`. */
export interface OwnRequest {
  /** A token of a live session of the user. */
  readonly token: string;
  /** True for live sessions, false for ended ones. Default: both. */
  readonly active?: boolean;
  /** The maximum number of sessions in the page. Default and maximum: a setting of the service. */
  readonly limit?: number;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string;
}

/** The result of `POST /v2/sessions/own`. */
export interface OwnSessionPage {
  /** The sessions of this page, the newest `open_time` first. */
  readonly items: readonly SessionSummary[];
  /** The cursor of the next page; null on the last page. See `SessionPage`. */
  readonly next_cursor: string | null;
  /** The id of the token's session: the device that the user is using now. */
  readonly current: string;
}

/** The body of `POST /v2/sessions/own/close`. It has either `ids` or `others`. */
export interface CloseOwnRequest {
  /** A token of a live session of the user. */
  readonly token: string;
  /**
   * The ids of the sessions to close, at most 1000; the token's own session may be one of them. Sessions of other users,
   * ended sessions and unknown ids are ignored.
   */
  readonly ids?: readonly string[];
  /** True to close all live sessions of the user but the token's own, at most 1000 of them. */
  readonly others?: true;
}
