import { parseArgs } from 'node:util';
import { SCOPES } from '@pip-sessions/contract/scopes';
import { SessionsError } from '../domain/errors.ts';
import { newApiKey } from '../http/authentication/api-keys.ts';

const USAGE = `Usage: pip-sessions key --name <name> --scope <scope>

Makes an API key and prints it, once, with the line by which the service knows it.

  --name <name>     who will use it, for the log: 1 to 40 characters of a to z, 0 to 9 and "-"
  --scope <scope>   what it allows, each includes those before it: ${SCOPES.join(', ')}
`;

/** Runs `pip-sessions key` and answers what it prints. Throws what is wrong with the arguments. */
export function keyCommand(args: readonly string[]): string {
  const options = { name: { type: 'string' }, scope: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { name, scope, help } = parseArgs({ args: [...args], options }).values;
  if (help) return USAGE;
  if (name === undefined) throw noKey('--name <name> is missing, which says who will use it');
  if (scope === undefined) throw noKey(`--scope <scope> is missing, one of ${SCOPES.join(', ')}`);
  const { key, configured } = create(name, scope);
  return `The API key of ${name}, of scope ${scope}. Nothing keeps it but you: put it where ${name} keeps its secrets, now.

  ${key}

Callers send it as "Authorization: Bearer <key>". The service knows it by its hash: add this line to SESSIONS_API_KEYS,
where commas separate several, and start the service again.

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
  return new SessionsError('INVALID_CONFIG', `No key was made: ${problem}.`);
}
