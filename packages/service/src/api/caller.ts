import type { Scope } from '@pip-sessions/contract/scopes';

/** The sender of a request. */
export interface Caller {
  /** The name of the API key; null if no key is required. */
  readonly key: string | null;
  /** The scope of the caller; `admin` if no key is required. */
  readonly scope: Scope;
  /** The remote address of the connection; empty for a caller in the same process. */
  readonly address: string;
}
