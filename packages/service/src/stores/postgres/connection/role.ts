/**
 * A standby has old data. A primary that takes no writes may have been replaced by another one, or may have no room left: it is
 * read, by connections that are made anew often, and its feed is not believed.
 */
export type Role = 'primary' | 'read-only' | 'standby';

/** Which server a connection leads to, and what it is. */
export interface Place {
  /** When the server was started: no two that can replace each other have that in common. */
  readonly server: string;
  readonly role: Role;
}

/** Outside of transactions, which may be read-only by themselves. A standby counts as read-only too. */
export const PLACE_COLUMNS = `pg_postmaster_start_time()::text, pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'`;

export function placeFrom([server, isInRecovery, isReadOnly]: readonly unknown[]): Place {
  const role = isReadOnly === true ? 'read-only' : 'primary';
  return { server: String(server), role: isInRecovery === true ? 'standby' : role };
}

/** The server is not to be used, or not for this. */
export class NotPrimary extends Error {
  constructor(role: Exclude<Role, 'primary'>) {
    super(
      role === 'standby'
        ? 'the server is a standby, and no primary is reachable in its place'
        : 'the server takes no writes: its transactions are read-only',
    );
  }
}
