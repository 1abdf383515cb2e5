import type { ClaimMutation } from '../claim-mutation.ts';

/** What the published packages hold, and what they are made from. */
export const PACKAGES: readonly ClaimMutation[] = [
  {
    claim: '15.1.2 an inventory of all libraries',
    name: 'only peers are in the inventory',
    test: ' names what is installed',
    file: 'scripts/bill-of-materials.ts',
    find: 'const names = [...Object.keys(dependencies ?? {}), ...peers];',
    replace: 'const names = dependencies && peers;',
  },
  {
    claim: '15.1.2 an inventory of all libraries',
    name: 'what is bundled is not in the inventory',
    test: 'the bill of materials of the service',
    file: 'scripts/bill-of-materials.ts',
    find: "  'packages/service': ['typebox', 'swagger-ui-dist'],\n",
    replace: '',
  },
  {
    claim: 'The same versions on every machine',
    name: 'a package of another platform is not in the lock file',
    test: 'npm ci finds',
    file: 'package-lock.json',
    find: '"node_modules/@rolldown/binding-android-arm64": {',
    replace: '"node_modules/@rolldown/binding-of-nobody": {',
  },
  {
    claim: 'The same versions on every machine',
    name: 'a package is taken as it comes',
    test: 'the lock file has',
    file: 'package-lock.json',
    find: '"node_modules/typescript": {',
    replace: '"node_modules/typescript-of-nobody": { "version": "7.0.2" },\n    "node_modules/typescript": {',
  },
];
