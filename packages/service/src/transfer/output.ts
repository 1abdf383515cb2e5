import { say as sayText } from '../standard-streams.ts';

/** What an error says, so that a sentence can follow. */
export function sentence(error: unknown): string {
  const { message } = error as Error;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Says a line to the people who run the command. */
export function say(line: string): void {
  sayText(`pip-sessions: ${line}\n`);
}
