/** Runs all tests, several files at a time: the last step of `npm test`. Arguments are options of `node --test`. */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILES = [
  'packages/**/*.test.ts',
  'apps/**/*.test.ts',
  'examples/**/*.test.ts',
  'bench/{load,report}/*.test.ts',
  'scripts/*.test.ts',
  'testing/**/*.test.ts',
];
/** The tests wait for servers and browsers much of the time, so more files run at a time than there are cores. */
const OPTIONS = ['--test-concurrency=5', '--test-timeout=180000'];
/** Linux has a file system in memory here. In a container it may have 64 MB, which one database server fills. */
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 4 * 2 ** 30;

/** In memory where there is room: the tests start many database servers, which spend most of their start on writing files. */
function temporaryFolder(): { readonly TMPDIR?: string } {
  if (process.env.TMPDIR !== undefined) return {};
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize < MEMORY_BYTES_MIN ? {} : { TMPDIR: MEMORY };
  } catch {
    return {};
  }
}

const cwd = fileURLToPath(new URL('..', import.meta.url));
const compiled = { NODE_COMPILE_CACHE: `${cwd}node_modules/.cache/compiled` };
const { status } = spawnSync(process.execPath, ['--test', ...OPTIONS, ...process.argv.slice(2), ...FILES], {
  cwd,
  env: { ...process.env, ...compiled, ...temporaryFolder() },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
