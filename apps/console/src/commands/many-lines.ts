import type { EndOptions } from '../api/commands.ts';
import type { EndTarget } from '../ending/bulk-end.ts';
import { type CommandLines, commandLine, curlLine, type Target } from './lines.ts';
import { endLines } from './session-lines.ts';

/** Sessions that one line names, at most. */
const NAMED_MAX = 20;

/** The lines that do the same as a bulk end. For a selection, one line for each session. */
export function manyLines(service: Target, target: EndTarget, options: EndOptions): CommandLines {
  if (target.kind === 'selected') return selectedLines(service, target.sessions, options);
  const { filter, except } = target;
  const { active: _, ...values } = filter;
  const body = { filter, ...(except.length > 0 && { except }), ...options };
  const curl = curlLine(service, { method: 'POST', path: '/v2/sessions/close', body });
  // Only the command for one user can leave sessions open.
  if (except.length > 0 && Object.keys(values).join() === 'user_id') {
    const words = ['user', 'sign-out', String(values.user_id), ...except.flatMap((id) => ['--except', id])];
    return { curl, command: commandLine(service, words, { ...options }) };
  }
  if (except.length > 0) return { curl, command: null };
  const all = Object.keys(values).length === 0 ? { all: true as const } : {};
  return { curl, command: commandLine(service, ['close-many'], { ...values, ...all, ...options }) };
}

function selectedLines(
  service: Target,
  sessions: readonly { readonly id: string }[],
  options: EndOptions,
): CommandLines {
  const named = sessions.slice(0, NAMED_MAX);
  const rest = sessions.length > named.length ? [`# and ${sessions.length - named.length} more`] : [];
  const lines = named.map(({ id }) => endLines(service, id, options));
  return {
    curl: [...lines.map(({ curl }) => curl), ...rest].join('\n'),
    command: [...lines.map(({ command }) => command), ...rest].join('\n'),
  };
}
