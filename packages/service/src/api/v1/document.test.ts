import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS_V1 } from '@pip-sessions/contract/routes';
import { COMMANDS } from './commands.ts';
import { openapiV1 } from './document.ts';

test('the service, its document and its client have the same commands', () => {
  const served = COMMANDS.map(({ name }) => name).sort();
  const documented = Object.keys((openapiV1('/base') as { paths: object }).paths);
  assert.deepEqual(
    Object.values(COMMANDS_V1)
      .map(({ name }) => name)
      .sort(),
    served,
  );
  assert.deepEqual(documented.map((path) => path.replace('/base/', '')).sort(), served);
});
