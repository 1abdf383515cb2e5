import { say as sayText } from '../process/standard-streams.ts';

/** Returns the message of an error as a complete sentence, with a period. */
export function sentence(error: unknown): string {
  const { message } = error as Error;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Prints a line for the user of the command. */
export function say(line: string): void {
  sayText(`pip-sessions: ${printable(line)}\n`);
}

/** Escapes control characters: names in an imported file may contain commands for the terminal. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const CONTROLS = /\p{Cc}/gu;
