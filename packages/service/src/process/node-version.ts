import { say } from './standard-streams.ts';

/** The first that has all that the service uses, among it `node:sqlite` and its backups. */
const NODE_MIN = 24;

/** Ends the process with a sentence where Node is too old: otherwise its error would name a module that is missing. */
export function assertNode(version: string): void {
  if (Number.parseInt(version, 10) >= NODE_MIN) return;
  say(`pip-sessions needs Node ${NODE_MIN} or later, and this is Node ${version}: https://nodejs.org has it.\n`);
  process.exit(1);
}
