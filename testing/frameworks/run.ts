/**
 * Builds the examples of frameworks together with a route for the cases of the middleware, as applications that have
 * installed the built package. Then it runs the cases, and uses the example, on the server of each framework. Arguments
 * name the frameworks; default: all.
 */
import { buildApplication, buildPackages, FRAMEWORKS, ROOT, run } from './applications.ts';

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in FRAMEWORKS));
if (unknown.length > 0) throw new Error(`unknown framework ${unknown}; allowed: ${Object.keys(FRAMEWORKS).join(', ')}`);

buildPackages();
for (const name of Object.keys(FRAMEWORKS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const app = buildApplication(name, 'cases');
  const cases = `testing/frameworks/${name}/cases.ts`;
  run(process.execPath, ['--conditions=source', '--test', '--test-timeout=60000', cases], ROOT, { CASES_APP: app });
}
