import type { OperatorContext } from '../context.ts';
import { confirm, writeJson } from '../output/output.ts';
import type { OutputFlags } from '../parameters.ts';
import { maintained, type StoreFlags } from './task.ts';

interface MigrateFlags {
  readonly 'dry-run': boolean | undefined;
  readonly yes: boolean | undefined;
}

/**
 * Runs `pip-sessions store migrate`: shows the versions, asks, and migrates. Ctrl+C ends the process at once: the
 * migration is a transaction, or one for each step.
 */
export async function migrateStore(
  this: OperatorContext,
  flags: StoreFlags & OutputFlags & MigrateFlags,
): Promise<void> {
  const { maintenance, name } = await maintained(this, flags, 'migrate');
  const { migrations } = maintenance;
  if (migrations === null) {
    if (flags.json) await writeJson(this, { from: null, to: null, migrated: false });
    else await this.write(`${name} has no migrations: nothing is to be done.\n`);
    return;
  }
  const { from, to } = await migrations.versions();
  const isNeeded = from < to;
  if (!flags.json) {
    const what = isNeeded
      ? `will be migrated from schema version ${from} to ${to}`
      : `has schema version ${to}, the newest`;
    await this.write(`${name} ${what}.\n`);
  }
  const isDone = isNeeded && !flags['dry-run'];
  if (isDone) {
    await confirm(this, { work: `migrate ${name}`, expected: String(to), yes: flags.yes });
    await migrations.migrate();
  }
  if (flags.json) await writeJson(this, { from, to, migrated: isDone });
  else if (isDone) await this.write(`Migrated to schema version ${to}.\n`);
}
