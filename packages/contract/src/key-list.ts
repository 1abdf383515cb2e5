import type { Scope } from './scopes.ts';

/** A configured API key, and its use. No response has the key or its hash. */
export interface KeyUse {
  /** The name that the operator gave to the key. */
  readonly name: string;
  /** The scope of the key. */
  readonly scope: Scope;
  /** From this time on the service rejects the key; null if it does not expire. */
  readonly expires: string | null;
  /** The time of the last request with the key that the service accepted as valid; null for none since `since`. */
  readonly last_used: string | null;
  /** The number of these requests. */
  readonly uses: number;
}

/** The result of `GET /v2/keys`. The service keeps the uses in memory: each node has its own, from its start on. */
export interface KeyList {
  /**
   * No use of a key at this node after this time is missing: the start of the node, or the last start of one of its
   * worker processes. It is the time of the response if a worker process did not respond.
   */
  readonly since: string;
  /** The keys, in the order of the settings. */
  readonly items: readonly KeyUse[];
}
