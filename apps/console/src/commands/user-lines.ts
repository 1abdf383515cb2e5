import { type CommandLines, commandLine, curlLine, type Target } from './lines.ts';

/** The lines that export everything about a user, or erase it. */
export function userLines(service: Target, what: 'export' | 'erase', user_id: string): CommandLines {
  return {
    curl: curlLine(service, { method: 'POST', path: `/v2/users/${what}`, body: { user_id } }),
    command: commandLine(service, ['user', what, user_id]),
  };
}
