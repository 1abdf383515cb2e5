import { parseArgs } from 'node:util';
import { SCOPES } from '@pip-sessions/contract/scopes';
import { SessionsError } from '../domain/errors.ts';
import { systemClock } from '../domain/time/clock.ts';
import { newApiKey } from '../http/authentication/api-keys.ts';
import { expiryFrom, expiryText } from '../http/authentication/key-expiry.ts';

const USAGE = `Usage: pip-sessions key --name <name> --scope <scope> [--expires <when>]

Creates an API key and prints it, once, with the line for the settings of the service.

  --name <name>     who will use the key, for the log: 1 to 40 characters of a to z, 0 to 9 and "-"
  --scope <scope>   what the key allows; each scope includes the ones before it: ${SCOPES.join(', ')}
  --expires <when>  when the key ends: after days (90d), or at a time (2027-01-31, 2027-01-31T12:00Z); default never
`;

const OPTIONS = {
  name: { type: 'string' },
  scope: { type: 'string' },
  expires: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Runs `pip-sessions key` and returns its output. Throws an error for bad arguments. */
export function keyCommand(args: readonly string[], now = systemClock().now()): string {
  const { name, scope, expires, help } = parseArgs({ args: [...args], options: OPTIONS }).values;
  if (help) return USAGE;
  if (name === undefined) throw noKey('--name <name> is missing; it says who will use the key');
  if (scope === undefined) throw noKey(`--scope <scope> is missing, one of ${SCOPES.join(', ')}`);
  const time = expires === undefined ? null : attempt('--expires ', () => expiryFrom(expires, now));
  const { key, configured } = attempt('', () => newApiKey(name, scope, time));
  const until = time === null ? '' : `, until ${expiryText(time)} (UTC)`;
  return `The API key of ${name}, with scope ${scope}${until}. It is not stored anywhere: put it now where
${name} keeps its secrets.

  ${key}

Callers send it as "Authorization: Bearer <key>". The service has only its hash: add this line to SESSIONS_API_KEYS,
with a comma before it if there are other keys, and restart the service. Or add it to SESSIONS_API_KEYS_FILE, which
needs no restart.

  ${configured}
`;
}

/** `before` comes before the message of an error. */
function attempt<T>(before: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw noKey(before + (error as Error).message);
  }
}

function noKey(problem: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', `No key was created: ${problem}.`);
}
