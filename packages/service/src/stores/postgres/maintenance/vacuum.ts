import { SessionsError } from '../../../domain/errors.ts';
import type { Task } from '../../shared/maintenance/maintenance.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { Connection } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { TABLES } from '../schema/objects.ts';

const OWN = `SELECT c.relname, pg_has_role(c.relowner, 'USAGE'), pg_total_relation_size(c.oid)
  FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
  WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND coalesce(p.relname, c.relname) = ANY ($2::name[])
  ORDER BY 1`;
const PROGRESS = `SELECT phase, heap_blks_vacuumed, heap_blks_total FROM pg_stat_progress_vacuum WHERE pid = $1`;
const CANCEL = 'SELECT pg_cancel_backend($1)';
const PROGRESS_INTERVAL_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 5_000;

/** Vacuums and analyses each table of the service. Other sessions go on meanwhile. */
export async function vacuum(config: PostgresStoreConfig, connection: Connection, { signal, progress }: Task) {
  const { schema } = config;
  const tables = await connection.query({ text: OWN, values: [schema, `{${TABLES.join(',')}}`] });
  const foreign = tables.find(([, isOwn]) => isOwn !== true);
  if (foreign) {
    const message = `The table ${schema}.${foreign[0]} belongs to another role: use the role that owns the schema.`;
    throw new SessionsError('STORE_UNUSABLE', message);
  }
  const before = sumOf(tables);
  for (const [table] of tables) {
    signal.throwIfAborted();
    progress(`table ${table}`);
    const watch = new Watch(config, connection.process_id, (text) => progress(`table ${table}: ${text}`));
    const stop = () => void watch.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await connection.query({ text: `VACUUM (ANALYZE) ${schema}.${table}` });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      await watch.close();
    }
  }
  const after = sumOf(await connection.query({ text: OWN, values: [schema, `{${TABLES.join(',')}}`] }));
  return [
    ['tables', String(tables.length)],
    ['bytes before', String(before)],
    ['bytes after', String(after)],
  ] as const;
}

function sumOf(tables: readonly (readonly unknown[])[]): number {
  return tables.reduce((sum, [, , bytes]) => sum + Number(bytes), 0);
}

/** A second connection, which shows how far a vacuum is, and can cancel it. */
class Watch {
  readonly #process_id: number;
  readonly #timer: NodeJS.Timeout;
  readonly #deadline = new Deadline(STATEMENT_TIMEOUT_MS);
  readonly #connection: Promise<Connection | null>;

  constructor(config: PostgresStoreConfig, process_id: number, progress: (text: string) => void) {
    this.#process_id = process_id;
    // Without a free connection, the vacuum runs unwatched.
    this.#connection = Connection.open(config, STATEMENT_TIMEOUT_MS, this.#deadline).catch(() => null);
    this.#timer = setInterval(() => void this.#show(progress), PROGRESS_INTERVAL_MS);
  }

  async cancel(): Promise<void> {
    const connection = await this.#connection;
    await connection?.query({ text: CANCEL, values: [this.#process_id] }).catch(() => {});
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#deadline.cancel();
    (await this.#connection)?.destroy();
  }

  async #show(progress: (text: string) => void): Promise<void> {
    const connection = await this.#connection;
    const rows = await connection?.query({ text: PROGRESS, values: [this.#process_id] }).catch(() => []);
    const [[phase, done, total] = []] = rows ?? [];
    if (phase !== undefined) progress(`${phase}, ${done} of ${total} pages`);
  }
}
