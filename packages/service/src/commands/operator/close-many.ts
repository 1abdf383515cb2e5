import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { CloseManyRequest, SessionFilter } from '@pip-sessions/contract/v2';
import { type CloseFlags, closeOptions } from './change-sessions.ts';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { confirm, writeJson } from './output/output.ts';
import { sessionTable } from './output/session-view.ts';
import { type ConnectionFlags, filterOf, type LiveFilterFlags, type OutputFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

/** The number of sessions that are shown before the question. */
const SHOWN_MAX = 10;

interface ManyFlags {
  readonly all: boolean | undefined;
  readonly 'dry-run': boolean | undefined;
  readonly yes: boolean | undefined;
}

/** Runs `pip-sessions close-many`: shows what matches, asks, and closes. */
export async function closeMany(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & LiveFilterFlags & CloseFlags & ManyFlags,
): Promise<void> {
  const filter = filterOf(flags);
  const isEvery = Object.keys(filter).length === 0;
  if (isEvery !== (flags.all === true)) {
    const message = isEvery
      ? 'Nothing was closed. Give a filter, such as --user-id, or --all for the sessions of all users.'
      : 'Nothing was closed. Use either --all or a filter.';
    throw new CommandError(message, EXIT_CODES.usage);
  }
  await withSessions(this, flags, async ({ client }) => {
    const matching = await client.count({ ...filter, active: true });
    if (!flags.json) await preview(this, client, filter, matching);
    if (flags['dry-run']) {
      if (flags.json) await writeJson(this, { dry_run: true, matching });
      return;
    }
    if (matching > 0) {
      await confirm(this, { work: `close ${sessionsText(matching)}`, expected: String(matching), yes: flags.yes });
    }
    const closed = matching === 0 ? 0 : await closeAll(client, { filter, ...closeOptions(flags) });
    if (flags.json) await writeJson(this, { closed });
    else await this.write(`Closed ${sessionsText(closed)}.\n`);
  });
}

/** Returns `1 session` or `<n> sessions`. */
export function sessionsText(count: number): string {
  return `${count} ${count === 1 ? 'session' : 'sessions'}`;
}

/** Closes the live sessions that match, request by request. Returns their number. */
export async function closeAll(client: SessionsClient, request: CloseManyRequest): Promise<number> {
  let closed = 0;
  for (;;) {
    const { ids, more } = await client.closeMany(request);
    closed += ids.length;
    if (!more || ids.length === 0) return closed;
  }
}

async function preview(
  context: OperatorContext,
  client: SessionsClient,
  filter: SessionFilter,
  matching: number,
): Promise<void> {
  const { items } = await client.list({ ...filter, active: true, limit: SHOWN_MAX });
  if (items.length > 0) await context.write(sessionTable(context, items));
  await context.write(`${matching === 1 ? '1 live session matches' : `${matching} live sessions match`}.\n`);
}
