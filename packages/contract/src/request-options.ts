import type { CloseManyRequest } from './v2.ts';

/** What every call takes as its last argument. */
export interface RequestOptions {
  /** Gives up the call, which then rejects with `ABORTED`; it may have been carried out. */
  readonly signal?: AbortSignal | undefined;
  /** The caller's name for the request, which goes into every log line that it leads to. */
  readonly correlation_id?: string | undefined;
  /** Milliseconds for this call as a whole, in place of the client's. */
  readonly timeout_ms?: number | undefined;
  /** The caller's place in a trace (W3C Trace Context): `00-<32 hex>-<16 hex>-<2 hex>`. */
  readonly traceparent?: string | undefined;
}

export interface OpenOptions extends RequestOptions {
  /**
   * Names this sign-in: the service answers a second request of the same key with the same session and token. Give one
   * to repeat `open` yourself, after a `TIMEOUT` or a restart; visible ASCII, not to be guessed. Default: a random one,
   * the same for all attempts of the call.
   */
  readonly idempotency_key?: string | undefined;
}

export interface WriteOptions extends RequestOptions {
  /**
   * The `revision` that the session must still have; otherwise nothing is changed, and the call rejects with a
   * `RevisionConflictError`. Such a call is not sent again after an attempt without an answer: had that one been
   * carried out, the second would report a conflict with the first.
   */
  readonly if_match?: number | undefined;
}

export interface ValidateOptions extends RequestOptions {
  /** Seconds for which the service may have known the answer without asking its store; default as long as it keeps it. */
  readonly max_age?: number | undefined;
}

export interface CloseOptions extends RequestOptions {
  /** `closed` (default): the user signed out. `revoked`: somebody else ended it. */
  readonly reason?: CloseManyRequest['reason'] | undefined;
}
