import { hash } from 'node:crypto';

/** A script that runs in the server, atomically. */
export interface Script {
  readonly source: string;
  /** The SHA-1 by which a server finds a script that it has loaded. */
  readonly sha: string;
}

export function script(source: string): Script {
  return { source, sha: hash('sha1', source, 'hex') };
}
