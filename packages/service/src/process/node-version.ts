import { say } from './standard-streams.ts';

/** The first version with everything that the service uses, including `node:sqlite` and its backups. */
const NODE_MIN = 24;

/** Ends the process with a clear message if Node is too old. Otherwise the error would name a missing module. */
export function assertNode(version: string): void {
  if (Number.parseInt(version, 10) >= NODE_MIN) return;
  say(
    `pip-sessions needs Node ${NODE_MIN} or later, but this is Node ${version}. Get a newer one from https://nodejs.org.\n`,
  );
  process.exit(1);
}
