import type { PostgresStoreConfig } from '../../../../../stores/postgres/config.ts';
import type { Connection } from '../../../../../stores/postgres/connection/connection.ts';
import type { Examination } from '../../examination.ts';

const VERSION_MIN = 130_000;
const SETTINGS = `SELECT name, setting FROM pg_settings WHERE name IN ('autovacuum', 'track_counts', 'fsync',
  'full_page_writes', 'synchronous_commit', 'server_version', 'server_version_num', 'max_connections',
  'superuser_reserved_connections')`;
const OF_DATABASE = `SELECT pg_encoding_to_char(encoding), rolname, rolsuper FROM pg_database, pg_roles
  WHERE datname = current_database() AND rolname = current_user`;
const USED_CONNECTIONS = 'SELECT sum(numbackends)::integer FROM pg_stat_database';

/** Checks the settings and the load of a server. */
export async function examinePostgresServer(
  examination: Examination,
  config: PostgresStoreConfig,
  connection: Connection,
): Promise<void> {
  const { address } = config;
  await examination.check(`writes to ${address}`, () => {
    if (connection.role !== 'read-only') return;
    examination.found('POSTGRES_READ_ONLY', `${address} has transaction_read_only on.`);
  });
  let settings: ReadonlyMap<string, string> = new Map();
  const isRead = await examination.check(`the settings of ${address}`, async () => {
    const rows = await connection.query({ text: SETTINGS });
    settings = new Map(rows.map(([name, setting]) => [String(name), String(setting)]));
    checkSettings(examination, address, settings);
  });
  if (isRead) {
    await examination.check(`the connections of ${address}`, () =>
      checkConnections(examination, config, connection, settings),
    );
  }
  await examination.check(`the database and the role of ${address}`, async () => {
    const [[encoding, role, isSuperuser] = []] = await connection.query({ text: OF_DATABASE });
    if (encoding !== 'UTF8') examination.found('POSTGRES_ENCODING', `${address} has the encoding ${encoding}.`);
    if (isSuperuser === true) examination.found('POSTGRES_SUPERUSER', `The role ${role} is a superuser.`);
  });
}

function checkSettings(examination: Examination, address: string, settings: ReadonlyMap<string, string>): void {
  const isOff = (name: string) => settings.get(name) === 'off';
  if (Number(settings.get('server_version_num')) < VERSION_MIN) {
    const version = `${address} has PostgreSQL ${settings.get('server_version')}`;
    examination.found('POSTGRES_VERSION_OLD', `${version}; ${VERSION_MIN / 10_000} is needed.`);
  }
  if (isOff('fsync')) examination.found('POSTGRES_FSYNC_OFF', `${address} has fsync off.`);
  if (isOff('full_page_writes')) {
    examination.found('POSTGRES_FULL_PAGE_WRITES_OFF', `${address} has full_page_writes off.`);
  }
  if (isOff('synchronous_commit')) {
    examination.found('POSTGRES_SYNCHRONOUS_COMMIT_OFF', `${address} has synchronous_commit off for this role.`);
  }
  for (const name of ['autovacuum', 'track_counts']) {
    if (isOff(name)) examination.found('POSTGRES_AUTOVACUUM_OFF', `${address} has ${name} off.`);
  }
}

async function checkConnections(
  examination: Examination,
  { address, readers, writers, lists, bulks }: PostgresStoreConfig,
  connection: Connection,
  settings: ReadonlyMap<string, string>,
): Promise<void> {
  const [[used] = []] = await connection.query({ text: USED_CONNECTIONS });
  const max = Number(settings.get('max_connections'));
  const free = max - Number(settings.get('superuser_reserved_connections')) - Number(used);
  // The feed has one more.
  const needed = readers + writers + lists + bulks + 1;
  if (free >= needed) return;
  const counts = `${Math.max(0, free)} free connections of max_connections ${max}; a node uses up to ${needed}`;
  examination.found('POSTGRES_CONNECTIONS_NEAR_MAX', `${address} has ${counts}.`);
}
