import type { Installation } from './installation.ts';

/** A fault that can begin, in a healthy installation. */
export interface PreparedFault {
  readonly begin: () => Promise<void> | void;
  /** Ends the fault, without a repair of anything that the service should repair itself. */
  readonly end: () => Promise<void> | void;
  /** The API key of the traffic; default: none is needed. */
  readonly key?: string;
}

/** A real fault, and the alerts that it causes. */
export interface Fault {
  /** For people, like `PostgreSQL is killed`. */
  readonly name: string;
  /** The alerts that must fire. */
  readonly causes: readonly string[];
  /** Further alerts that may fire, because the fault has that effect too, depending on how long it lasts. */
  readonly mayCause?: readonly string[];
  /** Starts the servers and nodes. */
  readonly prepare: (installation: Installation) => Promise<PreparedFault>;
}
