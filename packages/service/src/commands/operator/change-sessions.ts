import type { ActorType } from '@pip-sessions/contract/actor';
import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import type { OpenRequest } from '@pip-sessions/contract/v2';
import { CommandError, EXIT_CODES } from './command-error.ts';
import type { OperatorContext } from './context.ts';
import { writeJson } from './output/output.ts';
import type { ConnectionFlags, OutputFlags } from './parameters.ts';
import { writeSession } from './read-sessions.ts';
import { withSessions } from './with-sessions.ts';

/** Why sessions are closed, and by whom. */
export interface CloseFlags {
  readonly reason: GivenReason | undefined;
  readonly by: string | undefined;
}

/** The value of an option that is JSON. */
export interface GivenJson {
  readonly value: unknown;
}

/** The properties of a session to open. */
export interface OpenFlags {
  readonly 'user-name': string | undefined;
  readonly address: string | undefined;
  readonly client: string | undefined;
  readonly 'idle-timeout': number | undefined;
  readonly 'expire-time': string | undefined;
  readonly user: GivenJson | undefined;
  readonly data: GivenJson | undefined;
  readonly 'auth-method': readonly string[] | undefined;
  readonly 'auth-level': number | undefined;
  readonly 'actor-type': ActorType | undefined;
  readonly 'actor-id': string | undefined;
  readonly 'actor-reason': string | undefined;
}

/** Runs `pip-sessions open`. The output is the only one that has the token. */
export async function open(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & OpenFlags,
  user_id: string,
): Promise<void> {
  const request = requestOf(user_id, flags);
  const result = await withSessions(this, flags, ({ client }) => client.open(request));
  if (flags.json) return writeJson(this, result);
  await writeSession(this, result.session, false);
  await this.write(`token         ${result.token}\n`);
  if (result.evicted.length > 0) this.say(`Evicted for it: ${result.evicted.join(', ')}.`);
}

function requestOf(user_id: string, flags: OpenFlags): OpenRequest {
  const { 'actor-type': type, 'actor-id': id, 'actor-reason': reason } = flags;
  if ((type === undefined) !== (id === undefined)) {
    throw new CommandError('Use --actor-type and --actor-id together.', EXIT_CODES.usage);
  }
  const members = {
    user_name: flags['user-name'],
    address: flags.address,
    client: flags.client,
    idle_timeout: flags['idle-timeout'],
    expire_time: flags['expire-time'],
    user: flags.user?.value,
    data: flags.data?.value,
    auth_methods: flags['auth-method'],
    auth_level: flags['auth-level'],
    actor: type && id !== undefined ? { type, id, ...(reason !== undefined && { reason }) } : undefined,
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return { user_id, ...Object.fromEntries(given) };
}

/** Returns the reason and the closer that were given. */
export function closeOptions({ reason, by }: CloseFlags): { readonly reason?: GivenReason; readonly by?: string } {
  return { ...(reason !== undefined && { reason }), ...(by !== undefined && { by }) };
}

/** Runs `pip-sessions close`. Closing an ended session changes nothing. */
export async function close(
  this: OperatorContext,
  flags: ConnectionFlags & OutputFlags & CloseFlags,
  id: string,
): Promise<void> {
  const session = await withSessions(this, flags, ({ client }) => client.close(id, closeOptions(flags)));
  await writeSession(this, session, flags.json);
}

/** Runs `pip-sessions delete`. Writes the session as it was. */
export async function remove(this: OperatorContext, flags: ConnectionFlags & OutputFlags, id: string): Promise<void> {
  const session = await withSessions(this, flags, ({ client }) => client.remove(id));
  await writeSession(this, session, flags.json);
}
