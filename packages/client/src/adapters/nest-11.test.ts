import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';

// Nest 11 is installed under other names, which its packages and this one do not know.
registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^@nestjs\//, 'nest11-'), context),
});
const { runNestTests } = await import('./fixtures/nest-tests.ts');

test('the tests of Nest 11 load Nest 11', async () => {
  const [used, wanted] = [await import('@nestjs/core'), await import('nest11-core')];
  assert.equal(used.HttpAdapterHost, wanted.HttpAdapterHost);
});

runNestTests('Nest 11');
