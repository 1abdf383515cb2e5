import type { KeyUse } from '@pip-sessions/contract/v2';
import { loadConfig } from '../../config/config.ts';
import { readApiKeys } from '../../config/key-file.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { newApiKey } from '../../http/authentication/api-keys.ts';
import { expiryFrom } from '../../http/authentication/key-expiry.ts';
import { keyCommand } from '../key.ts';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { writeJson } from './output/output.ts';
import { relativeTo } from './output/relative-time.ts';
import { type Column, tableOf } from './output/table.ts';
import type { ConnectionFlags, OutputFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

interface NewKeyFlags {
  readonly name: string;
  readonly scope: KeyUse['scope'];
  readonly expires: string | undefined;
}

/** Runs `pip-sessions key create`. */
export async function createKey(
  this: OperatorContext,
  { name, scope, expires, json }: OutputFlags & NewKeyFlags,
): Promise<void> {
  const now = this.clock.now();
  if (!json) {
    const expiry = expires === undefined ? [] : ['--expires', expires];
    return this.write(keyCommand(['--name', name, '--scope', scope, ...expiry], now));
  }
  try {
    const time = expires === undefined ? null : expiryOf(expires, now);
    await writeJson(this, { name, scope, expires: textOf(time), ...newApiKey(name, scope, time) });
  } catch (error) {
    throw new CommandError(`No key was created: ${(error as Error).message}.`, EXIT_CODES.usage);
  }
}

function expiryOf(text: string, now: number): number {
  try {
    return expiryFrom(text, now);
  } catch (error) {
    throw new Error(`--expires ${(error as Error).message}`);
  }
}

type ConfiguredKey = Pick<KeyUse, 'name' | 'scope' | 'expires'>;
type ListFlags = Pick<ConnectionFlags, 'url' | 'key' | 'config'> & OutputFlags;

/**
 * Runs `pip-sessions key list`: the keys of a running service with their last use, or those of the settings if the
 * options name no service.
 */
export async function listKeys(this: OperatorContext, flags: ListFlags): Promise<void> {
  const { url, key, config } = flags;
  const isRemote = url !== undefined || key !== undefined || Boolean(this.env.SESSIONS_URL);
  if (config !== undefined && (url !== undefined || key !== undefined)) {
    throw new CommandError('Use either --url and --key, or --config.', EXIT_CODES.usage);
  }
  if (config === undefined && isRemote) return usedKeys(this, flags);
  const keys = readApiKeys(loadConfig(this.env, config));
  await write(
    this,
    flags,
    keys.map(({ name, scope, expires }) => ({ name, scope, expires: textOf(expires) })),
  );
}

async function usedKeys(context: OperatorContext, flags: ListFlags): Promise<void> {
  const { since, items } = await withSessions(context, { ...flags, store: undefined }, ({ client }) => client.keys());
  const now = context.clock.now();
  const rows = items.map((item) => ({ ...item, since }));
  await write(context, flags, rows, [
    { head: 'LAST USED', cell: ({ last_used }) => (last_used === null ? '-' : relativeTo(now, last_used)) },
    { head: 'USES', cell: ({ uses }) => String(uses) },
  ]);
  if (!flags.json) context.say(`Uses at this node since ${since}.`);
}

/** `more` are columns after those of every key. */
async function write<Row extends ConfiguredKey>(
  context: OperatorContext,
  { json }: OutputFlags,
  rows: readonly Row[],
  more: readonly Column<Row>[] = [],
): Promise<void> {
  if (json) {
    for (const row of rows) await writeJson(context, row);
    return;
  }
  if (rows.length === 0) return context.say('No API key is configured.');
  const now = context.clock.now();
  const isPast = ({ expires }: ConfiguredKey) => expires !== null && Date.parse(expires) <= now;
  const columns: readonly Column<Row>[] = [
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'SCOPE', cell: ({ scope }) => scope },
    {
      head: 'EXPIRES',
      cell: ({ expires }) => (expires === null ? '-' : relativeTo(now, expires)),
      colour: (row) => (isPast(row) ? 'red' : null),
    },
    ...more,
  ];
  await context.write(tableOf(columns, rows, context.terminal));
}

function textOf(time: number | null): string | null {
  return time === null ? null : isoTime(time);
}
