/**
 * Builds the example of Next.js together with a route for the cases of the middleware, as an application that has
 * installed the built package. Then it runs the cases, and uses the example, on the server of Next.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = `${ROOT}examples/next`;
// Below the example, so that imports find its packages.
const APP = `${EXAMPLE}/.cache/cases`;

const { NODE_OPTIONS: _, ...inherited } = process.env;
const env = { ...inherited, NEXT_TELEMETRY_DISABLED: '1', CASES_APP: APP };

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: 300_000 });
  if (status === 0) return;
  process.stderr.write(`${command} ${args.join(' ')} failed in ${cwd}\n`);
  process.exit(1);
}

run(process.execPath, ['scripts/build.ts'], ROOT);
if (!existsSync(`${EXAMPLE}/node_modules/next`)) run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], EXAMPLE);
rmSync(APP, { recursive: true, force: true });
mkdirSync(`${APP}/app/[...path]`, { recursive: true });
for (const name of ['app', 'proxy.ts', 'sessions.ts', 'tsconfig.json', 'package.json']) {
  cpSync(`${EXAMPLE}/${name}`, `${APP}/${name}`, { recursive: true });
}
const config = readFileSync(`${EXAMPLE}/next.config.ts`, 'utf8');
writeFileSync(`${APP}/next.config.ts`, config.replace("'../..'", "'../../../..'"));
copyFileSync(`${ROOT}testing/next/cases-route.js`, `${APP}/app/[...path]/route.js`);
run(process.execPath, [`${EXAMPLE}/node_modules/next/dist/bin/next`, 'build'], APP);
run(process.execPath, ['--conditions=source', '--test', '--test-timeout=60000', 'testing/next/cases.ts'], ROOT);
