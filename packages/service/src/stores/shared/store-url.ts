import type { Clock } from '../../domain/time/clock.ts';

/** What a store is told beside its URL. */
export interface StoreOptions {
  /** Tells how late a change is applied that has waited. Without it, liveness is judged by when the request began. */
  readonly clock?: Clock;
  /** Called with what an operator should know; the same is said once. */
  readonly warn?: (message: string) => void;
  /** How long sessions are kept after their end, by who sweeps the store; null for ever. */
  readonly retention_ms: number | null;
  /** Hears of faults that belong to no call. */
  readonly report?: (report: StoreReport) => void;
}

/** What a store says of itself, beside the errors of calls. */
export interface StoreReport {
  readonly level: 'error' | 'info';
  readonly msg: string;
  readonly err?: unknown;
  readonly count?: number;
  /** The path of the file that it is about. */
  readonly file?: string;
}

/** Whether many processes may have the store that a URL names at once. */
export function isSharedStore(url: string): boolean {
  return !['memory', 'sqlite'].includes(schemeOf(url));
}

/** For logs and messages. Where it is not clear what the password is, it hides more. */
export function withoutPassword(url: string): string {
  // Up to the last @: a password with a slash that was not encoded makes no URL, and is quoted by the error that says so.
  return url.replace(/(?<=^[^:@]*:\/*[^:@]*:).*(?=@)/s, '…').replace(/(?<=[?&][^=&]*pass[^=&]*=)[^&#]*/gi, '…');
}

/** Empty for a text that is no URL. */
export function schemeOf(url: string): string {
  return /^[a-z]+(?=:)/.exec(url)?.[0] ?? '';
}
