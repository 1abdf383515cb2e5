/**
 * A standby has old data. A primary that takes no writes may have been replaced by another one, or its disk may be
 * full. It is used for reads, through connections that are renewed often, but not for the feed.
 */
export type Role = 'primary' | 'read-only' | 'standby';

/** The server that a connection leads to, and its role. */
export interface Place {
  /** When the server was started: a server and its replacement never started at the same moment. */
  readonly server: string;
  readonly role: Role;
}

/** Query it outside of transactions: a transaction may be read-only by itself. A standby counts as read-only too. */
export const PLACE_COLUMNS = `pg_postmaster_start_time()::text, pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'`;

export function placeFrom([server, isInRecovery, isReadOnly]: readonly unknown[]): Place {
  const role = isReadOnly === true ? 'read-only' : 'primary';
  return { server: String(server), role: isInRecovery === true ? 'standby' : role };
}

/** The server has the wrong role for this use. */
export class NotPrimary extends Error {
  constructor(role: Exclude<Role, 'primary'>) {
    super(
      role === 'standby'
        ? 'the server is a standby, and no primary is reachable in its place'
        : 'the server takes no writes: its transactions are read-only',
    );
  }
}
