import type { IncomingMessage } from 'node:http';
import type { Caller } from '../api/caller.ts';
import type { AuditEvent } from '../domain/audit-event.ts';
import { sessionRef } from '../domain/ids.ts';
import { monotonicTime } from '../domain/time/clock.ts';
import type { AuditLog } from '../observability/audit/audit-log.ts';
import type { Logger } from '../observability/log.ts';
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
  /** The line of the audit log; absent for none. */
  readonly audit?: { readonly event: AuditEvent; readonly about: Readonly<Record<string, unknown>> };
}

/**
 * Writes a line for each request that was carried out: at the level `info`, or `debug` for reads, of which a setting
 * raises a share to `info`. Rejected requests have lines of their own (`IncidentLog`). Requests that end, delete, export
 * or impersonate have a line in the audit log too.
 */
export class RequestLog {
  readonly #log: Logger;
  readonly #audit: AuditLog | null;
  readonly #reads_percent: number;
  #reads = 0;

  constructor(log: Logger, reads_percent: number, audit: AuditLog | null) {
    this.#log = log;
    this.#audit = audit;
    this.#reads_percent = reads_percent;
  }

  /** Rejects a request that is to be audited while the audit log cannot be written. */
  assertAuditable(): void {
    this.#audit?.assertWritable();
  }

  /** Writes the line of the audit log, before the response is sent. */
  audit(request: IncomingMessage, { audit, caller, session_id }: Served): void {
    if (!audit || !this.#audit) return;
    this.#audit.write(audit.event, {
      caller: caller.key,
      address: caller.address,
      correlation_id: correlationId(request) || undefined,
      session: session_id === null ? undefined : sessionRef(session_id),
      ...audit.about,
    });
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

  /** True for the share of the reads that the setting has. */
  #isSampled(): boolean {
    this.#reads += this.#reads_percent;
    if (this.#reads < 100) return false;
    this.#reads -= 100;
    return true;
  }
}
