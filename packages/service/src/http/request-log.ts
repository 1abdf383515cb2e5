import type { IncomingMessage } from 'node:http';
import type { Caller } from '../api/caller.ts';
import { monotonicTime } from '../domain/time/clock.ts';
import { type Logger, sessionRef } from '../observability/log.ts';
import { correlationId } from './correlation.ts';

/** A request that was carried out. */
export interface Served {
  /** The operation of API v2, or the command of API v1. */
  readonly name: { readonly request: string } | { readonly command: string };
  /** Whether it changes nothing but the activity of a session. */
  readonly isRead: boolean;
  /** The HTTP status. */
  readonly status: number;
  /** `monotonicTime` when its head had arrived. */
  readonly began: number;
  readonly caller: Caller;
  /** The id of the session that it was about; null for none. */
  readonly session_id: string | null;
  /** Further properties of the line. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * Writes a line for each request that was carried out: at the level `info`, or `debug` for reads, of which a setting
 * raises a share to `info`. Rejected requests have lines of their own (`IncidentLog`).
 */
export class RequestLog {
  readonly #log: Logger;
  readonly #reads_percent: number;
  #reads = 0;

  constructor(log: Logger, reads_percent: number) {
    this.#log = log;
    this.#reads_percent = reads_percent;
  }

  write(request: IncomingMessage, served: Served): void {
    const level = served.isRead && !this.#isSampled() ? 'debug' : 'info';
    if (!this.#log.isLevelEnabled(level)) return;
    const { name, status, began, caller, session_id, more } = served;
    this.#log[level]({
      correlation_id: correlationId(request) || undefined,
      ...name,
      status,
      duration_ms: Math.round((monotonicTime() - began) * 1000) / 1000,
      caller: caller.key ?? undefined,
      session: session_id === null ? undefined : sessionRef(session_id),
      ...more,
      msg: 'request' in name ? 'request' : 'command',
    });
  }

  /** Of a hundred reads, as many as the setting says. */
  #isSampled(): boolean {
    this.#reads += this.#reads_percent;
    if (this.#reads < 100) return false;
    this.#reads -= 100;
    return true;
  }
}
