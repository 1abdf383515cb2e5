import { SessionsError } from '../../domain/errors.ts';

export interface MemoryStoreConfig {
  /** How many sessions the store may hold, open and ended. */
  readonly sessions_max: number;
}

const SESSIONS_MAX_DEFAULT = 1_000_000;

/** Parses `memory:` or `memory:?sessions_max=1000`. Throws `INVALID_CONFIG`. */
export function memoryStoreConfig(url: string): MemoryStoreConfig {
  const match = /^memory:(?:\?sessions_max=([1-9]\d{0,8}))?$/.exec(url);
  if (!match) {
    const message = `The store URL ${JSON.stringify(url)} is invalid: use "memory:" or "memory:?sessions_max=<1 to 999999999>".`;
    throw new SessionsError('INVALID_CONFIG', message);
  }
  return { sessions_max: match[1] === undefined ? SESSIONS_MAX_DEFAULT : Number(match[1]) };
}
