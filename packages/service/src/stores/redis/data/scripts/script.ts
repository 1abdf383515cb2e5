import { hash } from 'node:crypto';

/** A script that runs within the server, in one step that no other command can come between. */
export interface Script {
  readonly source: string;
  /** By which a server that has seen the script knows it. */
  readonly sha: string;
}

export function script(source: string): Script {
  return { source, sha: hash('sha1', source, 'hex') };
}
