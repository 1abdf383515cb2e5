import { test } from 'node:test';
import { onEveryStore } from '../../../../../testing/stores/stores.ts';
import { CONFORMANCE_CASES } from './conformance.ts';

onEveryStore((stores) => {
  for (const { name, run } of CONFORMANCE_CASES) {
    test(`${stores.name}: ${name}`, async () => run(await stores.empty()));
  }
});
