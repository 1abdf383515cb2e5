import type { Scope } from '@pip-sessions/contract/scopes';

/** Who sends a request, as far as the service knows. */
export interface Caller {
  /** The name of the API key; null where none is needed. */
  readonly key: string | null;
  /** What the caller may do; everything where no key is needed. */
  readonly scope: Scope;
  /** The address that the connection comes from; empty in the same process. */
  readonly address: string;
}
