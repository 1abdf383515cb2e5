import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { openapiV2 } from './document.ts';
import { ROUTES } from './routes.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const LINTER = fileURLToPath(import.meta.resolve('@redocly/cli/bin/cli.js'));

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

test('the documents in api/ are OpenAPI 3.1 and pass a linter', async () => {
  const linted = promisify(execFile)(process.execPath, [LINTER, 'lint', '--config', 'api/redocly.yaml'], { cwd: ROOT });
  const { stderr } = await linted.catch((error: Error & { stdout: string; stderr: string }) =>
    assert.fail(error.stdout + error.stderr),
  );
  for (const api of ['v1', 'v2']) assert.match(stderr, new RegExp(`api/${api}\\.openapi\\.json: validated`));
});

test('/openapi.json requires no key and describes every route', async (t) => {
  const server = await startTestServer();
  t.after(server.stop);
  const answer = await fetch(`${server.url}/openapi.json`);
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  const document = (await answer.json()) as Document;
  assert.deepEqual(document, JSON.parse(JSON.stringify(openapiV2())));
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), [...routes, 'GET /v2/changes', 'GET /livez', 'GET /readyz'].sort());
});
