import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClaimMutation } from './claim-mutation.ts';
import type { Claim } from './security-page.ts';

/** A test that SECURITY.md cites, as it is run. */
export interface CitedTest {
  /** Below the project's folder. */
  readonly file: string;
  /** A part of its name: what is cited. */
  readonly name: string;
  /** What its whole name matches, with those of the suites that it is in. */
  readonly pattern: RegExp;
}

interface Suite {
  /** Where its cases are: a path begins with it. */
  readonly cases: string;
  readonly runBy: string;
  readonly on: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['packages', 'scripts', 'testing'];

/** The suites that a test file of another name runs, each with its quickest run. */
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

/** The test that a mutation names. Throws where its row does not cite it once, or no file has it. */
export function citedTest({ claim, test, on }: ClaimMutation, claims: readonly Claim[]): CitedTest {
  const cited = claims.find((row) => row.claim === claim)?.tests.filter((name) => name.startsWith(test)) ?? [];
  const [name] = cited;
  if (name === undefined || cited.length > 1) {
    throw new Error(`the row "${claim}" cites ${cited.length} tests whose names begin with "${test}", not one`);
  }
  const holders = sources().filter(({ text }) => text.includes(name));
  const own = holders.find(({ path }) => path.endsWith('.test.ts'));
  if (own) return { file: own.path, name, pattern: patternOf(on ?? '', name) };
  const suite = SUITES.find(({ cases }) => holders.some(({ path }) => path.startsWith(cases)));
  if (!suite) throw new Error(`no test file has "${name}"`);
  return { file: suite.runBy, name, pattern: patternOf(on ?? suite.on, name) };
}

let read: readonly { readonly path: string; readonly text: string }[] | null = null;

/** The files that may hold tests. */
function sources() {
  read ??= FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
    .filter((path) => path.endsWith('.test.ts') || SUITES.some(({ cases }) => path.startsWith(cases)))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
  return read;
}

function patternOf(on: string, name: string): RegExp {
  return new RegExp([on, name].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.*'));
}
