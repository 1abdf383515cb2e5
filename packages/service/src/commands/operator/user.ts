import { type CloseFlags, closeOptions } from './change-sessions.ts';
import { closeAll, sessionsText } from './close-many.ts';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { confirm, writeJson } from './output/output.ts';
import type { ConnectionFlags, FilterFlags, OutputFlags } from './parameters.ts';
import { type LimitFlags, list } from './read-sessions.ts';
import { withSessions } from './with-sessions.ts';

/** No filter but the user. */
const NO_FILTER = {
  ...{ 'user-name': undefined, client: undefined, address: undefined, 'from-time': undefined, 'to-time': undefined },
  ...{ 'opened-after': undefined, 'opened-before': undefined },
  ...{ 'actor-type': undefined, 'actor-id': undefined, 'expires-before': undefined, 'expires-after': undefined },
  ...{ 'close-reason': undefined, 'closed-by': undefined },
};

/** Runs `pip-sessions user sessions`. */
export function userSessions(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & LimitFlags & Pick<FilterFlags, 'active' | 'ended'>,
  user_id: string,
): Promise<void> {
  return list.call(this, { ...NO_FILTER, ...flags, 'user-id': user_id });
}

/** Runs `pip-sessions user sign-out`: closes the live sessions of a user. */
export async function signOut(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & CloseFlags & { readonly except: readonly string[] | undefined },
  user_id: string,
): Promise<void> {
  const { except = [] } = flags;
  const request = { filter: { user_id }, except, ...closeOptions(flags) };
  const closed = await withSessions(this, flags, ({ client }) => closeAll(client, request));
  if (flags.json) await writeJson(this, { closed });
  else await this.write(`Closed ${sessionsText(closed)}.\n`);
}

/** Runs `pip-sessions user export`: writes everything that is stored about a user as lines of JSON. */
export async function exportUser(this: OperatorContext, flags: ConnectionFlags, user_id: string): Promise<void> {
  await withSessions(this, flags, async ({ client }) => {
    let count = 0;
    for await (const session of client.exportUser(user_id)) {
      await writeJson(this, session);
      count += 1;
    }
    if (count === 0) throw new CommandError('Nothing is stored about this user.', EXIT_CODES.not_found);
    this.say(`Exported ${sessionsText(count)}. The output has the data of the user: protect it.`);
  });
}

/** Runs `pip-sessions user erase`: deletes everything that is stored about a user, and writes the receipt. */
export async function eraseUser(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & { readonly yes: boolean | undefined },
  user_id: string,
): Promise<void> {
  await withSessions(this, flags, async ({ client }) => {
    const stored = await client.count({ user_id });
    const work = `delete ${sessionsText(stored)} of the user, live and ended`;
    if (stored > 0) await confirm(this, { work, expected: String(stored), yes: flags.yes });
    let { more, ...receipt } = await client.eraseUser(user_id);
    while (more) {
      const next = await client.eraseUser(user_id);
      receipt = { ...receipt, erased: receipt.erased + next.erased, closed: receipt.closed + next.closed };
      more = next.more && next.erased > 0;
    }
    if (flags.json) await writeJson(this, receipt);
    else {
      const { user_id_hash, time, erased, closed } = receipt;
      const what = `Deleted ${sessionsText(erased)}, of which ${closed} were live, at ${time}.`;
      await this.write(`${what}\nReceipt: SHA-256 of the user id ${user_id_hash}\n`);
    }
  });
}
