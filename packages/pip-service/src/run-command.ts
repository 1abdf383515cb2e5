import type { SessionSummaryV1, SessionV1 } from '@pip-sessions/contract/v1';
import { pageFromJson, sessionFromJson } from '@pip-sessions/contract/v1-json';
import { parseBounded } from '@pip-sessions/service/internal/api/careful-json';
import { THIS_PROCESS } from '@pip-sessions/service/internal/api/in-process-client';
import { COMMANDS } from '@pip-sessions/service/internal/api/v1/commands';
import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import type { Sessions } from '@pip-sessions/service/internal/domain/sessions';
import { DataPage } from 'pip-services3-commons-nodex';
import { toException } from './exceptions.ts';
import { DEFAULTS } from './settings.ts';

/** The result of each command of API v1 for a caller in the same process. */
export interface CommandResults {
  readonly get_sessions: DataPage<SessionSummaryV1>;
  readonly get_session_by_id: SessionV1 | null;
  readonly open_session: SessionV1;
  readonly store_session_data: SessionV1 | null;
  readonly update_session_user: SessionV1 | null;
  readonly close_session: SessionV1 | null;
  readonly close_expired_sessions: null;
  readonly delete_session_by_id: SessionV1 | null;
}

export type CommandName = keyof CommandResults;

export const COMMAND_NAMES = COMMANDS.map((command) => command.name as CommandName);
const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

/**
 * Runs a command of API v1 in this process, with the same checks and rules as the HTTP service. Rejects with the
 * exception of the error's category.
 */
export async function runCommand<N extends CommandName>(
  sessions: Sessions,
  correlationId: string | null,
  name: N,
  request: object,
): Promise<CommandResults[N]> {
  try {
    const command = BY_NAME.get(name);
    if (!command) throw new SessionsError('INVALID_DATA', `Unknown command "${name}".`);
    const text = await command.run(sessions, asOnTheWire(request), THIS_PROCESS);
    if (text === null) return null as CommandResults[N];
    return (command.result === 'page' ? pageFromText(text) : sessionFromText(text)) as CommandResults[N];
  } catch (error) {
    throw toException(error, correlationId);
  }
}

/** Throws an exception if the request does not match the schema of the command. */
export function checkRequest(correlationId: string | null, name: CommandName, request: object): void {
  try {
    BY_NAME.get(name)?.check(asOnTheWire(request));
  } catch (error) {
    throw toException(error, correlationId);
  }
}

/** Parses a session of API v1. The returned object is not shared. */
export function sessionFromText(text: string): SessionV1 {
  return sessionFromJson(JSON.parse(text));
}

function pageFromText(text: string): DataPage<SessionSummaryV1> {
  const { data, total } = pageFromJson(JSON.parse(text));
  // The toolkit's type does not allow null, which the total is if it was not requested.
  return new DataPage([...data], total as number);
}

/**
 * Returns a copy of the request as it would arrive over HTTP: times are strings, and undefined properties are absent.
 */
function asOnTheWire(request: object): unknown {
  let text: string;
  try {
    text = JSON.stringify(request);
  } catch (cause) {
    throw new SessionsError('INVALID_DATA', 'The request has a value that cannot be written as JSON.', { cause });
  }
  return parseBounded(text, DEFAULTS.body_limit);
}
