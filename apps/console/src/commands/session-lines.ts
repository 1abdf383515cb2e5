import type { SessionFilter } from '@pip-sessions/contract/v2';
import type { EndOptions } from '../api/commands.ts';
import { type CommandLines, commandLine, curlLine, type Target } from './lines.ts';

function pathOf(id: string): string {
  return `/v2/sessions/${encodeURIComponent(id)}`;
}

/** The lines that end a session. */
export function endLines(service: Target, id: string, options: EndOptions): CommandLines {
  return {
    curl: curlLine(service, { method: 'POST', path: `${pathOf(id)}/close`, body: options }),
    command: commandLine(service, ['close', id], { ...options }),
  };
}

/** The lines that delete a session. */
export function deleteLines(service: Target, id: string): CommandLines {
  return {
    curl: curlLine(service, { method: 'DELETE', path: pathOf(id) }),
    command: commandLine(service, ['delete', id]),
  };
}

/** The lines that show a session with its values. */
export function revealLines(service: Target, id: string): CommandLines {
  return {
    curl: curlLine(service, { method: 'GET', path: pathOf(id) }),
    command: commandLine(service, ['show', id], { json: true }),
  };
}

/** The lines that list the sessions of a filter. */
export function listLines(service: Target, { active, ...values }: SessionFilter): CommandLines {
  const query = new URLSearchParams();
  if (active !== undefined) query.set('active', String(active));
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  const states = active === undefined ? {} : active ? { active: true as const } : { ended: true as const };
  return {
    curl: curlLine(service, { method: 'GET', path: '/v2/sessions', query }),
    command: commandLine(service, ['list'], { ...states, ...values }),
  };
}

/** The lines that follow the changes of all sessions. The stream of the service has all kinds of changes. */
export function tailLines(service: Target, kind: string | undefined): CommandLines {
  return {
    curl: curlLine(service, { method: 'GET', path: '/v2/changes', isStream: true }),
    command: commandLine(service, ['tail'], { kind }),
  };
}
