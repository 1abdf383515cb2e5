import { readFileSync } from 'node:fs';

/** The text of the file that a parameter of a store URL names. Throws what `invalid` makes of the problem. */
export function textOfFile(parameter: string, path: string, invalid: (problem: string) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`has "${parameter}" that cannot be read: ${error}`);
  }
}
