import { useSyncExternalStore } from 'react';
import { type EndOptions, endSession } from '../api/commands.ts';
import type { ListedSession } from '../sessions/listed-session.ts';
import { type PendingEnd, UndoQueue } from './undo-queue.ts';

/** The ends of this page that can still be undone. */
export const undoQueue = new UndoQueue({
  now: () => Date.now(),
  set: (callback, delay_ms) => setTimeout(callback, delay_ms),
  clear: (timer) => clearTimeout(timer as number),
});

// An end that was confirmed is sent when the page is left, and not lost.
globalThis.addEventListener?.('pagehide', () => undoQueue.flush());

/** The sessions of the ends, for the texts about them. */
const sessions = new Map<string, ListedSession>();

/** Ends a session after the time in which it can be undone. */
export function endLater(session: ListedSession, options: EndOptions): void {
  for (const id of sessions.keys()) if (!undoQueue.pending.some((end) => end.id === id)) sessions.delete(id);
  sessions.set(session.id, session);
  undoQueue.add(session.id, async (isLeaving) => {
    await endSession(session.id, options, isLeaving);
  });
}

export function sessionOfEnd(id: string): ListedSession | undefined {
  return sessions.get(id);
}

export function usePendingEnds(): readonly PendingEnd[] {
  return useSyncExternalStore(undoQueue.subscribe, () => undoQueue.pending);
}

/** The end of one session; undefined if there is none. */
export function usePendingEnd(id: string): PendingEnd | undefined {
  return usePendingEnds().find((end) => end.id === id);
}
