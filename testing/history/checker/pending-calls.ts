import type { CloseReason } from '../../../packages/service/src/domain/session.ts';
import type { SessionLimit } from '../../../packages/service/src/domain/store.ts';
import type { Operation } from '../history.ts';

/** Calls that may end sessions they do not name: calls in progress, and calls whose outcome is unknown. */
export class PendingCalls {
  readonly #evicts: boolean;
  readonly #under_way = new Map<number, Operation>();
  readonly #unknown = new Map<number, Operation>();

  constructor(limit: SessionLimit | null) {
    this.#evicts = limit !== null && limit.policy !== 'deny';
  }

  invoked(call: number, operation: Operation): void {
    const isEviction = operation.kind === 'open' && this.#evicts;
    if (isEviction || (operation.kind === 'closeMatching' && !operation.dry_run)) this.#under_way.set(call, operation);
  }

  responded(call: number, isUnknown: boolean): void {
    const operation = this.#under_way.get(call);
    if (!operation) return;
    this.#under_way.delete(call);
    if (isUnknown) this.#unknown.set(call, operation);
  }

  /** Whether one of them may end a session of this user, for this reason or for any. */
  mayEnd(user: string, reason: CloseReason | null = null): boolean {
    for (const calls of [this.#under_way, this.#unknown]) {
      for (const operation of calls.values()) if (concerns(operation, user, reason)) return true;
    }
    return false;
  }

  /** A call without a response has had its effect by now, or never will. */
  settle(): void {
    this.#unknown.clear();
  }
}

function concerns(operation: Operation, user: string, reason: CloseReason | null): boolean {
  if (operation.kind === 'open') return operation.user === user && (reason ?? 'evicted') === 'evicted';
  if (operation.kind !== 'closeMatching' || operation.reason !== (reason ?? operation.reason)) return false;
  return (operation.filter.user_id ?? user) === user;
}
