import { before, test } from 'node:test';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { ManualClock } from '../../packages/service/src/domain/time/clock.ts';
import { onEveryStore } from '../stores/stores.ts';
import { USE_CASES } from './acceptance.ts';
import { worldsOf } from './worlds.ts';

onEveryStore((stores) => {
  let store: SessionStore;
  const clock = new ManualClock();
  before(async () => {
    store = await stores.empty();
  });
  for (const access of ['in process', 'http'] as const) {
    const worlds = worldsOf(access, clock);
    for (const useCase of USE_CASES) {
      if (useCase.over && useCase.over !== access) continue;
      test(`${access}, ${stores.name}: ${useCase.name}`, () => worlds.run(store, useCase));
    }
  }
});
