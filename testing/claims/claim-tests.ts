import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClaimMutation } from './claim-mutation.ts';

/** A test whose name begins with ids of SECURITY.md. */
export interface ClaimTest {
  readonly ids: readonly string[];
  /** The name after the ids, as it stands in the source. */
  readonly name: string;
  /** Where the name stands: a path below the project's folder, and the number of its line. */
  readonly source: string;
  readonly line: number;
  /** The test file that runs it. */
  readonly file: string;
  /** If a suite runs it several times: how the name of its quickest run begins. */
  readonly on: string;
}

/** The test that must notice a mutation. */
export interface TestToFail {
  readonly file: string;
  /** For messages. */
  readonly name: string;
  /** Matches the name of each run that counts. */
  readonly pattern: RegExp;
}

interface Suite {
  /** How the paths of its cases begin. */
  readonly cases: string;
  readonly runBy: string;
  readonly on: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['packages', 'scripts', 'testing'];
/** The tests of this folder have ids of pages that they make up. */
const EXCLUDED = 'testing/claims/';
/** A string that begins with ids in brackets. */
const NAMES = /(['"`])((?:\[[A-Z][\w.-]*\] )+)((?:\\.|(?!\1)[^\\])*)\1/g;

/** Suites whose cases stand in other files than the test file that runs them, each with its quickest run. */
const SUITES: readonly Suite[] = [
  {
    cases: 'testing/acceptance/',
    runBy: 'testing/acceptance/acceptance.test.ts',
    on: 'in process, memory: ',
  },
  {
    cases: 'packages/service/src/stores/conformance/of-nodes.ts',
    runBy: 'packages/service/src/stores/conformance/of-nodes.test.ts',
    on: 'redis: ',
  },
  {
    cases: 'packages/service/src/stores/conformance',
    runBy: 'packages/service/src/stores/conformance/conformance.test.ts',
    on: 'memory: ',
  },
  {
    cases: 'packages/client/src/middleware/fixtures/',
    runBy: 'packages/client/src/adapters/express.test.ts',
    on: 'Express, embedded: ',
  },
  {
    cases: 'packages/client/src/session-libraries/fixtures/',
    runBy: 'packages/client/src/session-libraries/express-session.test.ts',
    on: 'express-session, embedded: ',
  },
];

/** All tests that carry ids. */
export function claimTests(): readonly ClaimTest[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules') && !path.startsWith(EXCLUDED))
    .flatMap(testsIn);
}

/** Throws if not exactly one test has the id and the part of the name that the mutation gives. */
export function testToFail({ id, test, on }: ClaimMutation, tests: readonly ClaimTest[]): TestToFail {
  const found = tests.filter(({ ids, name }) => ids.includes(id) && name.includes(test ?? ''));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} tests have [${id}]${test ? ` and "${test}"` : ''} in their names, not one`);
  }
  const parts = [`[${id}]`, test ?? '', on ?? only.on].filter((part) => part !== '');
  const pattern = parts.map((part) => `(?=.*${part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')})`).join('');
  return { file: only.file, name: only.name, pattern: new RegExp(`^${pattern}`) };
}

function testsIn(path: string): readonly ClaimTest[] {
  const suite = path.endsWith('.test.ts') ? undefined : SUITES.find(({ cases }) => path.startsWith(cases));
  if (!(suite || path.endsWith('.test.ts'))) return [];
  const text = readFileSync(join(ROOT, path), 'utf8');
  return Array.from(text.matchAll(NAMES), ({ index, 2: ids = '', 3: name = '' }) => ({
    ids: Array.from(ids.matchAll(/\[(.*?)\]/g), ([, id = '']) => id),
    name,
    source: path,
    line: text.slice(0, index).split('\n').length,
    file: suite?.runBy ?? path,
    on: suite?.on ?? '',
  }));
}
