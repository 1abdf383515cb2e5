import { readFileSync } from 'node:fs';

/** A fault to put into the source, to check that a test or a checker notices it. */
export interface TextMutation {
  /** The fault of the service, in words. */
  readonly name: string;
  /** Path from the project's folder. */
  readonly file: string;
  /** The file has this text exactly once. */
  readonly find: string;
  readonly replace: string;
}

const ROOT = new URL('../../', import.meta.url);

/** Returns what is wrong with mutations whose text is not in their file exactly once, or that change nothing. */
export function wrongTexts(mutations: readonly TextMutation[]): readonly string[] {
  return mutations.flatMap((mutation) => {
    try {
      const source = readFileSync(new URL(mutation.file, ROOT), 'utf8');
      return mutated(source, mutation) === source ? [`mutation "${mutation.name}" changes nothing`] : [];
    } catch (error) {
      return [String(error)];
    }
  });
}

/** Returns the source with the fault. Throws if the source does not have the mutation's text exactly once. */
export function mutated(source: string, { name, file, find, replace }: TextMutation): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`mutation "${name}": ${file} has the text to replace ${parts.length - 1} times, not once`);
  return parts.join(replace);
}

export const DOMAIN = 'packages/service/src/domain';
export const STORES = 'packages/service/src/stores';
export const HTTP = 'packages/service/src/http';
export const API = 'packages/service/src/api';
export const CONTRACT = 'packages/contract/src';
export const CACHE = 'packages/near-cache/src';
export const CLIENT = 'packages/client/src';
export const SERVICE = 'packages/service/src';
export const PIP_SERVICE = 'packages/pip-service/src';
