import assert from 'node:assert/strict';
import type { ProblemCode, SessionFilter, SessionSummary } from '@pip-sessions/client';
import { isoTime } from '../../packages/service/src/domain/time/iso-time.ts';
import type { World } from './world.ts';

export const SECOND_MS = 1000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** For `assert.rejects`. Compares the code, which is the same in process and over HTTP. */
export function isProblem(code: ProblemCode, details?: Readonly<Record<string, unknown>>): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof Error && 'code' in error, `the error has no code: ${error}`);
    assert.equal(error.code, code, error.message);
    if (details) assert.deepEqual('details' in error ? error.details : null, details);
    return true;
  };
}

/** Starts `count` calls at the same time and waits for all results. */
export function inParallel<T>(count: number, call: (n: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, n) => call(n)));
}

export function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

export function rejected(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}

/** The moment `ms` milliseconds from now, as RFC 3339. */
export function fromNow({ clock }: World, ms: number): string {
  return isoTime(clock.now() + ms);
}

/** The ids of all sessions that match, in the order of the list. Small pages, so that there are several. */
export async function idsOf({ sessions }: World, filter: SessionFilter = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of sessions.all({ ...filter, limit: 3 })) ids.push(id);
  return ids;
}

/** How a session ended. */
export function endOf(session: SessionSummary | null) {
  return session && [session.active, session.close_reason, session.close_time];
}
