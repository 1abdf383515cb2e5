import { parseArgs } from 'node:util';
import { SCOPES } from '@pip-sessions/contract/scopes';
import { SessionsError } from '../domain/errors.ts';
import { newApiKey } from '../http/authentication/api-keys.ts';

const USAGE = `Usage: pip-sessions key --name <name> --scope <scope>

Creates an API key and prints it, once, with the line for the settings of the service.

  --name <name>     who will use the key, for the log: 1 to 40 characters of a to z, 0 to 9 and "-"
  --scope <scope>   what the key allows; each scope includes the ones before it: ${SCOPES.join(', ')}
`;

/** Runs `pip-sessions key` and returns its output. Throws an error for bad arguments. */
export function keyCommand(args: readonly string[]): string {
  const options = { name: { type: 'string' }, scope: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { name, scope, help } = parseArgs({ args: [...args], options }).values;
  if (help) return USAGE;
  if (name === undefined) throw noKey('--name <name> is missing; it says who will use the key');
  if (scope === undefined) throw noKey(`--scope <scope> is missing, one of ${SCOPES.join(', ')}`);
  const { key, configured } = create(name, scope);
  return `The API key of ${name}, with scope ${scope}. It is not stored anywhere: put it now where
${name} keeps its secrets.

  ${key}

Callers send it as "Authorization: Bearer <key>". The service has only its hash: add this line to SESSIONS_API_KEYS,
with a comma before it if there are other keys, and restart the service.

  ${configured}
`;
}

function create(name: string, scope: string): ReturnType<typeof newApiKey> {
  try {
    return newApiKey(name, scope);
  } catch (error) {
    throw noKey((error as Error).message);
  }
}

function noKey(problem: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', `No key was created: ${problem}.`);
}
