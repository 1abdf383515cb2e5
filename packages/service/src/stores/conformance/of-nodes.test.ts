import { test } from 'node:test';
import { onSharedStores } from '../../../../../testing/stores/stores.ts';
import { NODES_CONFORMANCE_CASES } from './conformance.ts';

onSharedStores((stores) => {
  for (const { name, run } of NODES_CONFORMANCE_CASES) {
    test(`${stores.name}: ${name}`, async () => run(await stores.empty(), await stores.again()));
  }
});
