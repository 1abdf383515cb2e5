import { CLOSE_REASONS, CLOSED_BY, type CloseReason } from '@pip-sessions/contract/close-reasons';
import type { Change } from '../api/change-stream.ts';
import { serviceTime } from '../api/service.ts';
import type { ListedSession } from './listed-session.ts';

/** The effect of a change on a session of a list. */
type Effect = { readonly reason: CloseReason; readonly revision: number } | 'deleted';

/** Shows in pages of sessions which ones have ended or were deleted, without a read. The same pages if none has. */
export function changedBy<Page extends { readonly items: readonly ListedSession[] }>(
  pages: Page[],
  changes: readonly Change[],
  now = serviceTime(),
): Page[] {
  const effects = new Map<string, Effect>();
  for (const change of changes) {
    const effect = effectOf(change);
    if (effect) effects.set(change.id, effect);
  }
  if (effects.size === 0) return pages;
  let hasChanged = false;
  const next = pages.map((page) => {
    const items = page.items.map((session) => withEffect(session, effects.get(session.id), now));
    if (items.every((session, index) => session === page.items[index])) return page;
    hasChanged = true;
    return { ...page, items };
  });
  return hasChanged ? next : pages;
}

function effectOf(change: Change): Effect | null {
  if ('removed' in change) return 'deleted';
  const reason = CLOSE_REASONS.find((one) => one === change.close_reason);
  return reason ? { reason, revision: change.revision } : null;
}

function withEffect(session: ListedSession, effect: Effect | undefined, now: number): ListedSession {
  if (effect === undefined || session.is_deleted) return session;
  const over = { active: false, expires_in: null, ends_at: null };
  if (effect === 'deleted') return { ...session, ...over, is_deleted: true };
  if (!session.active) return session;
  return {
    ...session,
    ...over,
    close_reason: effect.reason,
    close_time: new Date(now).toISOString(),
    // The change does not say who ended it, unless it was the service itself.
    closed_by: CLOSED_BY[effect.reason],
    revision: effect.revision,
  };
}
