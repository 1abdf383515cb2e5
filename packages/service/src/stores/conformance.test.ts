import { test } from 'node:test';
import { CONFORMANCE_CASES } from './conformance.ts';
import { onEveryStore } from './fixtures/stores.ts';

onEveryStore((stores) => {
  for (const { name, run } of CONFORMANCE_CASES) {
    test(`${stores.name}: ${name}`, async () => run(await stores.empty()));
  }
});
