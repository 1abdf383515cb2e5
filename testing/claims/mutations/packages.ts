import type { ClaimMutation } from '../claim-mutation.ts';

/** What the published packages hold, and what they are made from. */
export const PACKAGES: readonly ClaimMutation[] = [
  {
    id: 'ASVS-15.1.2',
    name: 'only peers are in the inventory',
    test: 'lists each dependency',
    file: 'scripts/bill-of-materials.ts',
    find: 'const names = [...Object.keys(dependencies ?? {}), ...peers];',
    replace: 'const names = dependencies && peers;',
  },
  {
    id: 'ASVS-15.1.2',
    name: 'what is bundled is not in the inventory',
    test: 'the SBOM of the service',
    file: 'scripts/bill-of-materials.ts',
    find: "  'packages/service': ['typebox', 'swagger-ui-dist'],\n",
    replace: '',
  },
  {
    id: 'P-01',
    name: 'a package of another platform is not in the lock file',
    test: 'the lock file has the optional',
    file: 'package-lock.json',
    find: '"node_modules/@rolldown/binding-android-arm64": {',
    replace: '"node_modules/@rolldown/binding-of-nobody": {',
  },
  {
    id: 'P-01',
    name: 'a package is taken as it comes',
    test: 'the lock file has a SHA-512',
    file: 'package-lock.json',
    find: '"node_modules/typescript": {',
    replace: '"node_modules/typescript-of-nobody": { "version": "7.0.2" },\n    "node_modules/typescript": {',
  },
];
