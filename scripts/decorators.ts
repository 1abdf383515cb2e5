/**
 * Lets Node run a program of NestJS: the compiler translates the decorators of `examples/nest.ts` when Node loads it.
 * Use it as `node --import ./scripts/decorators.ts examples/nest.ts`. An application has its own build instead.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = fileURLToPath(new URL('lib/tsc.js', import.meta.resolve('typescript/package.json')));
/** The options of `nest new`, for one file whose imports are neither followed nor checked. */
const OPTIONS =
  '--ignoreConfig --experimentalDecorators --emitDecoratorMetadata --noResolve --noCheck --module nodenext --target es2022';

registerHooks({
  load: (url, context, next) =>
    url.endsWith('/examples/nest.ts')
      ? { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true }
      : next(url, context),
});

function compiled(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-nest-'));
  try {
    execFileSync(process.execPath, [COMPILER, path, ...OPTIONS.split(' '), '--outDir', folder], { stdio: 'inherit' });
    return readFileSync(join(folder, 'nest.js'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
