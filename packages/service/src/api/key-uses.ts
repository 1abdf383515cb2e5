import type { Scope } from '@pip-sessions/contract/scopes';

/** An API key and its use. Times are milliseconds since 1970. */
export interface KeyUse {
  readonly name: string;
  readonly scope: Scope;
  /** Null for a key without an expiry. */
  readonly expires: number | null;
  /** Null for none since `KeyUses.since`. */
  readonly last_used: number | null;
  readonly uses: number;
}

/** The uses of all keys at a node. */
export interface KeyUses {
  /** No use of a key after this time is missing, in milliseconds since 1970. */
  readonly since: number;
  readonly keys: readonly KeyUse[];
}
