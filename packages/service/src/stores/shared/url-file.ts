import { readFileSync } from 'node:fs';

/** The content of the file that a parameter of a store URL names. Throws the error that `invalid` creates. */
export function textOfFile(parameter: string, path: string, invalid: (problem: string) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`names a file in "${parameter}" that cannot be read: ${error}`);
  }
}
