import type { Row } from './connection.ts';

/**
 * A standby has old data. A primary that takes no writes may have been replaced by another one, or may have no room left: it is
 * read, by connections that are made anew often, and its feed is not believed.
 */
export type Role = 'primary' | 'read-only' | 'standby';

/** Outside of transactions, which may be read-only by themselves. A standby counts as read-only too. */
export const ROLE_COLUMNS = `pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'`;

export function roleFrom([isInRecovery, isReadOnly]: Row): Role {
  if (isInRecovery === true) return 'standby';
  return isReadOnly === true ? 'read-only' : 'primary';
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
