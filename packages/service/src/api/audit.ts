import type { AuditEvent } from '../domain/audit-event.ts';

/** Takes a line for each request that ended, deleted, exported or impersonated something. */
export interface Audit {
  /** Throws `STORE_UNAVAILABLE` while lines cannot be written. Called before the request is carried out. */
  readonly assertWritable: () => void;
  /** Called when the request was carried out, before its caller gets the result. */
  readonly write: (event: AuditEvent, about: Readonly<Record<string, unknown>>) => void;
}
