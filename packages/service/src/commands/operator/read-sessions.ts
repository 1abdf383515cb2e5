import type { Session } from '@pip-sessions/contract/v2';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { writeJson, writeSessions } from './output/output.ts';
import { sessionRecord } from './output/session-view.ts';
import { type ConnectionFlags, type FilterFlags, filterOf, type OutputFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

/** The number of sessions that a list shows without --limit. */
export const LIMIT_DEFAULT = 100;
/** The number of sessions that a list requests at a time. Services and stores return at most their own maximum. */
const PAGE_SIZE = 100;
/** The longest token that is read from the standard input, in characters. */
const TOKEN_LENGTH_MAX = 1_000;

/** The number of sessions to list. */
export interface LimitFlags {
  readonly limit: number | undefined;
  readonly all: boolean | undefined;
}

/** Runs `pip-sessions list`. */
export async function list(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & FilterFlags & LimitFlags,
): Promise<void> {
  const limit = flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? LIMIT_DEFAULT);
  await withSessions(this, flags, ({ client }) => {
    // One more shows whether there are more.
    const sessions = client.all({ ...filterOf(flags), limit: Math.min(PAGE_SIZE, limit + 1) });
    return writeSessions(this, sessions, { json: flags.json, limit });
  });
}

/** Writes a session, as a table or as JSON. */
export function writeSession(context: OperatorContext, session: Session, json: boolean | undefined): Promise<void> {
  return json ? writeJson(context, session) : context.write(sessionRecord(context, session));
}

/** Runs `pip-sessions show`. */
export async function show(this: OperatorContext, flags: ConnectionFlags & OutputFlags, id: string): Promise<void> {
  const session = await withSessions(this, flags, ({ client }) => client.get(id));
  if (session === null) throw new CommandError('There is no session with this id.', EXIT_CODES.not_found);
  await writeSession(this, session, flags.json);
}

/** Runs `pip-sessions validate`. Without an argument the token is read from the standard input. */
export async function validate(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & { readonly touch: boolean | undefined },
  given?: string,
): Promise<void> {
  const token = (given ?? (await this.input(TOKEN_LENGTH_MAX)))?.trim();
  if (!token)
    throw new CommandError('Send the token to the standard input, or give it as an argument.', EXIT_CODES.usage);
  const validation = await withSessions(this, flags, ({ client }) =>
    client.validate(token, { touch: flags.touch === true }),
  );
  if (flags.json) await writeJson(this, validation);
  else if (validation.active) await writeSession(this, validation.session, false);
  if (validation.active) return;
  if (validation.reason === 'unknown') throw new CommandError('The token belongs to no session.', EXIT_CODES.not_found);
  throw new CommandError(`The session of the token has ended: ${validation.reason}.`, EXIT_CODES.ended);
}
