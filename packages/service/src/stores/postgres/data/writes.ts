import type { SessionsError } from '../../../domain/errors.ts';
import type { Session } from '../../../domain/session.ts';
import type { SessionUpdate } from '../../../domain/session-update.ts';
import type { SessionLimit, UpdateResult } from '../../../domain/store.ts';

/** One write to the store. */
export type Write =
  | { readonly type: 'insert'; readonly session: Session; readonly limit: SessionLimit | null; readonly now: number }
  | { readonly type: 'update'; readonly id: string; readonly update: SessionUpdate; readonly now: number }
  | { readonly type: 'remove'; readonly id: string };

export type WriteResult =
  | { readonly type: 'inserted'; readonly evicted: readonly Session[] }
  | { readonly type: 'updated'; readonly result: UpdateResult }
  | { readonly type: 'removed'; readonly session: Session | null }
  /** Only this write was rejected. It has changed nothing. */
  | { readonly type: 'failed'; readonly error: SessionsError };

/** Whether the write was committed. Only a commit proves that the store can be written to. */
export function hasWritten(result: WriteResult): boolean {
  return result.type === 'inserted' || (result.type === 'updated' && result.result.outcome === 'updated');
}
