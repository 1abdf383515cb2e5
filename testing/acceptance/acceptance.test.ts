import { before, test } from 'node:test';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { ManualClock } from '../../packages/service/src/domain/time/clock.ts';
import { onEveryStore } from '../stores/stores.ts';
import { USE_CASES } from './acceptance.ts';
import { type Access, worldsOf } from './worlds.ts';

onEveryStore((stores) => {
  let store: SessionStore;
  const clock = new ManualClock();
  before(async () => {
    store = await stores.empty();
  });
  // HTTP does not know the store, and both ways lead through the same routes: the stores of one process are enough for it.
  const accesses: readonly Access[] = stores.isShared ? ['in process'] : ['in process', 'http'];
  for (const access of accesses) {
    const worlds = worldsOf(access, clock);
    for (const useCase of USE_CASES) {
      if (useCase.over && useCase.over !== access) continue;
      test(`${access}, ${stores.name}: ${useCase.name}`, () => worlds.run(store, useCase));
    }
  }
});
