import type { Faults, StoreKind } from '../plan/plan.ts';

/** A fault that is put into the source, to see whether the checker finds it. */
export interface Mutation {
  /** The fault of the service, in words. */
  readonly name: string;
  readonly store: StoreKind;
  /** Below `packages/`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Only with these faults it shows; default none. */
  readonly faults?: Faults;
  /** How far the clocks are apart; default 1 s. */
  readonly skew_ms?: number;
}

/** The source with the fault in it. Throws where the mutation's text is not there exactly once. */
export function mutated(source: string, { name, file, find, replace }: Mutation): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${name}: ${file} has its text ${parts.length - 1} times, not once`);
  return parts.join(replace);
}

export const DOMAIN = 'service/src/domain';
export const STORES = 'service/src/stores';
