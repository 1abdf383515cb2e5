import { say as sayText } from '../process/standard-streams.ts';

/** What an error says, so that a sentence can follow. */
export function sentence(error: unknown): string {
  const { message } = error as Error;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Says a line to the people who run the command. */
export function say(line: string): void {
  sayText(`pip-sessions: ${printable(line)}\n`);
}

/** A file that is imported may have names that a terminal would take for commands. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const CONTROLS = /\p{Cc}/gu;
