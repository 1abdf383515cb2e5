import { statSync } from 'node:fs';
import type { SqliteStoreConfig } from '../../../../../stores/sqlite/config.ts';
import { inspecting } from '../../../../../stores/sqlite/maintenance/inspection.ts';
import { runJob } from '../../../../../stores/sqlite/maintenance/job.ts';
import { SCHEMA_VERSION, schemaState } from '../../../../../stores/sqlite/schema.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import { bytesText } from '../bytes-text.ts';
import { foundVersion } from '../schema-version.ts';

/** A check of 1 GiB takes some seconds. A larger file is left to `store check`. */
const CHECKED_BYTES_MAX = 1_073_741_824;
const CONTENT_TIMEOUT_MS = 20_000;

/** Checks the content of the database, while a service uses it or not. */
export async function examineSqliteContent(
  examination: Examination,
  { path }: Pick<SqliteStoreConfig, 'path'>,
): Promise<void> {
  let isOurs = false;
  const isRead = await examination.check('the schema version', async () => {
    assertOwn(path);
    try {
      const { version, isForeign } = await inspecting(path, schemaState);
      isOurs = !isForeign;
      if (isForeign) examination.found('SQLITE_FOREIGN', `${path} is a database of another application.`);
      else foundVersion(examination, path, { found: version, supported: SCHEMA_VERSION });
    } catch (error) {
      if (!/not a database|malformed/.test((error as Error).message)) throw error;
      examination.found('SQLITE_DAMAGED', `${path} cannot be read: ${(error as Error).message}.`);
    }
  });
  if (!isRead || !isOurs) return;
  await examination.check(
    'the integrity of the database',
    async (signal) => {
      const { size } = statSync(path);
      if (size > CHECKED_BYTES_MAX) {
        throw new CannotCheck(
          `The file has ${bytesText(size)}: use "pip-sessions store check", which may take minutes.`,
        );
      }
      const [first, ...others] = await runJob('quick_check', path, signal);
      if (first === undefined) return;
      const more = others.length === 0 ? '' : `, and ${others.length} more`;
      examination.found('SQLITE_DAMAGED', `${path} is damaged: ${first.replaceAll('\n', ' ')}${more}.`);
    },
    CONTENT_TIMEOUT_MS,
  );
}

/** SQLite may create its files `-wal` and `-shm`. Those of another user would stop the service. */
function assertOwn(path: string): void {
  const user = process.getuid?.();
  const { uid } = statSync(path);
  if (user === undefined || user === 0 || user === uid) return;
  throw new CannotCheck(`The file belongs to the user with uid ${uid}: run the command as that user.`);
}
