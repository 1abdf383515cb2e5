import { hash } from 'node:crypto';

/** The properties by which a line is linked to the lines before. */
export interface AuditLink {
  /** Random: the lines of one process, from its start to its stop. */
  readonly chain: string;
  /** The number of the line in its chain; the first is 0. */
  readonly n: number;
  /** SHA-256 of the line before in its chain, in hex. The first line has that of the last line in the file. */
  readonly prev: string;
}

/** The link of the first line of a new file. */
export const NO_LINE = '0'.repeat(64);

/** Returns the hash of a line, without its line break. */
export function lineHash(line: string): string {
  return hash('sha256', line, 'hex');
}
