/** A fault that is put into the source, to see whether a test or a checker finds it. */
export interface TextMutation {
  /** The fault of the service, in words. */
  readonly name: string;
  /** Below the project's folder. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The source with the fault in it. Throws where the mutation's text is not there exactly once. */
export function mutated(source: string, { name, file, find, replace }: TextMutation): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${name}: ${file} has its text ${parts.length - 1} times, not once`);
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
