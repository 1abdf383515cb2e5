import type { ClaimMutation } from '../claim-mutation.ts';

/** Content of the published packages, and the packages that they are built from. */
export const PACKAGES: readonly ClaimMutation[] = [
  {
    id: 'ASVS-15.1.2',
    name: 'the inventory lists only peer dependencies',
    test: 'lists each dependency',
    file: 'scripts/bill-of-materials.ts',
    find: 'const names = [...Object.keys(dependencies ?? {}), ...peers];',
    replace: 'const names = dependencies && peers;',
  },
  {
    id: 'ASVS-15.1.2',
    name: 'the inventory does not list bundled packages',
    test: 'the SBOM of the service',
    file: 'scripts/bill-of-materials.ts',
    find: "    'typebox',\n",
    replace: '',
  },
  {
    id: 'P-01',
    name: 'a package of another platform is not in the lock file',
    test: 'the lock file has the optional',
    file: 'package-lock.json',
    find: '"node_modules/@biomejs/cli-win32-x64": {',
    replace: '"node_modules/@biomejs/cli-of-nobody": {',
  },
  {
    id: 'P-01',
    name: 'a package has no hash',
    test: 'the lock file has a SHA-512',
    file: 'package-lock.json',
    find: '"node_modules/typescript": {',
    replace: '"node_modules/typescript-of-nobody": { "version": "7.0.2" },\n    "node_modules/typescript": {',
  },
];
