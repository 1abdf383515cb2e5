import type { CloseManyRequest } from './v2.ts';

/** The options of every call, its last argument. */
export interface RequestOptions {
  /** Aborts the call, which then rejects with the code `ABORTED`. The service may have carried it out. */
  readonly signal?: AbortSignal | undefined;
  /** Identifies the request in every log line that it causes. */
  readonly correlation_id?: string | undefined;
  /** The timeout of this call with all its attempts, in milliseconds. Default: the `timeout_ms` of the client. */
  readonly timeout_ms?: number | undefined;
  /** The trace of the caller (W3C Trace Context): `00-<32 hex>-<16 hex>-<2 hex>`. */
  readonly traceparent?: string | undefined;
}

/** The options of `open`. */
export interface OpenOptions extends RequestOptions {
  /**
   * Identifies this sign-in: the service returns the same session and token for a second request with the same key. Set
   * one to repeat `open` yourself, after a `TIMEOUT` or a restart. It must be visible ASCII and impossible to guess.
   * Default: a random key, the same for all attempts of the call.
   */
  readonly idempotency_key?: string | undefined;
}

/** The options of calls that change one session. */
export interface WriteOptions extends RequestOptions {
  /**
   * The `revision` that the session must still have. For another revision nothing is changed, and the call rejects with
   * a `RevisionConflictError` (code `REVISION_CONFLICT`).
   *
   * Such a call is not sent again after an attempt without a response. If the service had carried out that attempt, the
   * second one would report a conflict with the first.
   */
  readonly if_match?: number | undefined;
}

/** The options of `read`. */
export interface ReadOptions extends RequestOptions {
  /**
   * False for a passive check, which does not count as activity: "is the user still signed in?" without keeping the user
   * signed in. Default true.
   */
  readonly touch?: boolean | undefined;
}

/** The options of `validate`. */
export interface ValidateOptions extends ReadOptions {
  /**
   * The maximum age of the service's own cached result, in seconds; 0 makes it read its store. Default: any age that
   * the service allows.
   */
  readonly max_age?: number | undefined;
}

/** The options of `close`. */
export interface CloseOptions extends RequestOptions {
  /** The value of `closed_by`, such as `user`; default `key:<name of the API key>`. */
  readonly by?: string | undefined;
  /** `closed` (default): the user signed out. `revoked`: an administrator, or the user on another device, ended it. */
  readonly reason?: CloseManyRequest['reason'] | undefined;
}
