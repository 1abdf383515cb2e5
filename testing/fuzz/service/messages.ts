import type { ApiKey } from '../../../packages/service/src/http/authentication/api-keys.ts';

/** Start parameters of the service's thread. */
export interface ThreadData {
  readonly store: string;
  readonly keys: readonly ApiKey[];
  readonly counters: SharedArrayBuffer;
}

/** `open` opens sessions for the requests, `empty` deletes all sessions, `heap` collects garbage and measures. */
export type Request = 'start' | 'open' | 'empty' | 'heap' | 'log' | 'stop';

/** Ids and tokens of real sessions, for the requests. */
export interface Aims {
  readonly id: string;
  readonly token: string;
  /** A token of the same session, rotated and still in its grace. */
  readonly rotated_token: string;
  readonly ended_id: string;
  readonly ended_token: string;
}

export interface Responses {
  readonly start: { readonly url: string };
  readonly open: Aims;
  readonly empty: null;
  readonly heap: { readonly bytes: number };
  /** The number of log lines of each kind. */
  readonly log: readonly (readonly [kind: string, lines: number])[];
  readonly stop: null;
}
