import { test } from 'node:test';
import { NODES_CONFORMANCE_CASES } from './conformance.ts';
import { onSharedStores } from './fixtures/stores.ts';

onSharedStores((stores) => {
  for (const { name, run } of NODES_CONFORMANCE_CASES) {
    test(`${stores.name}: ${name}`, async () => run(await stores.empty(), await stores.again()));
  }
});
