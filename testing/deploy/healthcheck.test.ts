import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLogger, loadConfig, startService } from '@pip-sessions/service';

const HEALTHCHECK = fileURLToPath(new URL('../../deploy/healthcheck.js', import.meta.url));
const [KEY, CERTIFICATE] = ['key', 'crt'].map((name) =>
  fileURLToPath(new URL(`../certificates/localhost.${name}.pem`, import.meta.url)),
);
const TLS = { SESSIONS_TLS_KEY: KEY ?? '', SESSIONS_TLS_CERT: CERTIFICATE ?? '' };

interface Health {
  readonly code: unknown;
  readonly stderr: string;
}

function health(env: Record<string, string>): Promise<Health> {
  const { promise, resolve } = Promise.withResolvers<Health>();
  execFile(process.execPath, [HEALTHCHECK], { env }, (error, _stdout, stderr) =>
    resolve({ code: error === null ? 0 : error.code, stderr }),
  );
  return promise;
}

async function started(t: TestContext, settings: Record<string, string>) {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...settings });
  const { url, stop } = await startService(config, createLogger('silent'));
  t.after(stop);
  return { ...settings, SESSIONS_PORT: new URL(url).port };
}

test('the health check of the image succeeds for a service with and without TLS', async (t) => {
  const all = [{}, TLS, { ...TLS, SESSIONS_TLS_CA: TLS.SESSIONS_TLS_CERT }];
  for (const settings of all) {
    const env = await started(t, settings);
    assert.deepEqual(await health(env), { code: 0, stderr: '' }, JSON.stringify(settings));
  }
});

test('the health check of the image fails without a service, and says why', async (t) => {
  const plain = await started(t, {});
  assert.deepEqual((await health({ ...TLS, ...plain })).code, 1);
  const { code, stderr } = await health({ SESSIONS_PORT: '1' });
  assert.equal(code, 1);
  assert.match(stderr, /^not ready: .*ECONNREFUSED/);
});
