import type { ApiKey } from '../../../packages/service/src/http/authentication/api-keys.ts';

/** How the service's thread is started. */
export interface ThreadData {
  readonly store: string;
  readonly keys: readonly ApiKey[];
  readonly counters: SharedArrayBuffer;
}

/** `open` opens sessions to aim at, `empty` deletes all sessions, `heap` collects garbage before it measures. */
export type Request = 'start' | 'open' | 'empty' | 'heap' | 'log' | 'stop';

/** Ids and tokens that requests aim at. */
export interface Aims {
  readonly id: string;
  readonly token: string;
  /** Of the same session: rotated, and still in its grace. */
  readonly rotated_token: string;
  readonly ended_id: string;
  readonly ended_token: string;
}

export interface Responses {
  readonly start: { readonly url: string };
  readonly open: Aims;
  readonly empty: null;
  readonly heap: { readonly bytes: number };
  /** How many lines of each kind the log got. */
  readonly log: readonly (readonly [kind: string, lines: number])[];
  readonly stop: null;
}
