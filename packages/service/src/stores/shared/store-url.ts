import type { Clock } from '../../domain/time/clock.ts';

/** Options of a store that are not in its URL. */
export interface StoreOptions {
  /**
   * The clock for changes that waited before they are applied. Without it, liveness is judged by the request's start.
   */
  readonly clock?: Clock;
  /** Called with a message for the operator, once per message. */
  readonly warn?: (message: string) => void;
  /** How long the sweep keeps sessions after their end; null for no limit. */
  readonly retention_ms: number | null;
  /** Called with faults that belong to no call. */
  readonly report?: (report: StoreReport) => void;
}

/** A fact that a store reports beside the errors of calls. */
export interface StoreReport {
  readonly level: 'error' | 'info';
  readonly msg: string;
  readonly err?: unknown;
  readonly count?: number;
  /** The path of the file that the report is about. */
  readonly file?: string;
}

/** Whether several processes may use the store of this URL at the same time. */
export function isSharedStore(url: string): boolean {
  return !['memory', 'sqlite'].includes(schemeOf(url));
}

/** The URL for logs and messages. If the end of the password is unclear, more is hidden. */
export function withoutPassword(url: string): string {
  // Hides everything up to the last @: a URL whose password has an unescaped slash is invalid, and its error quotes it.
  return url.replace(/(?<=^[^:@]*:\/*[^:@]*:).*(?=@)/s, '…').replace(/(?<=[?&][^=&]*pass[^=&]*=)[^&#]*/gi, '…');
}

/** Empty if the text is not a URL. */
export function schemeOf(url: string): string {
  return /^[a-z]+(?=:)/.exec(url)?.[0] ?? '';
}
