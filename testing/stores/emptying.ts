import type { SessionStore } from '../../packages/service/src/domain/store.ts';

const PAGE = { skip: 0, take: 1000, total: false };

/** Removes every session through the store. This is cheaper than a new store, and the store stays open. */
export async function removeAll(store: SessionStore, now: number): Promise<void> {
  for (;;) {
    const { sessions } = await store.list({}, PAGE, now);
    if (sessions.length === 0) return;
    await Promise.all(sessions.map(({ id }) => store.remove(id)));
  }
}
