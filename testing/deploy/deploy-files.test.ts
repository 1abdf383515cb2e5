import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { configHelp } from '../../packages/service/src/config/config.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = globSync('deploy/**/*.*', { cwd: ROOT }).filter((file) => /\.(yml|yaml|service|js)$/.test(file));
const YAML = FILES.filter((file) => /\.ya?ml$/.test(file));
const DOCKERFILE = read('deploy/Dockerfile');
/** The service ends within this time, in seconds (`SHUTDOWN_TIMEOUT_MS`). */
const STOP_SECONDS_MAX = 35;

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}

function documentsOf(file: string) {
  const documents = parseAllDocuments(read(file), { merge: true });
  return documents.map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], file);
    return document.toJS();
  });
}

test('every setting in deploy/ is a setting of the service', () => {
  const known = configHelp().map(({ variable }) => variable);
  for (const file of [...FILES, 'deploy/Dockerfile']) {
    for (const [name] of read(file).matchAll(/SESSIONS_[A-Z_]+/g)) assert.ok(known.includes(name), `${file}: ${name}`);
  }
});

test('every YAML file in deploy/ is valid YAML', () => {
  assert.ok(YAML.length >= 9);
  for (const file of YAML) documentsOf(file);
});

test('every image in deploy/ has a version', () => {
  const images = [
    ...DOCKERFILE.matchAll(/^FROM (\S+:\S+)/gm),
    ...YAML.flatMap((file) => [...read(file).matchAll(/^\s*image: (\S+)/gm)]),
  ].map(([, image = '']) => image);
  assert.ok(images.length >= 8);
  for (const image of images) assert.match(image, /:\d+\.\d+(\.\d+)?(-\w+)?$/);
});

test('the image has the Node of the lock file and the version of the service', () => {
  const lock = JSON.parse(read('package-lock.json')).packages;
  const nodes = [...DOCKERFILE.matchAll(/^FROM node:([\d.]+)-slim/gm)].map(([, version]) => version);
  assert.deepEqual(new Set(nodes), new Set([lock['node_modules/node'].version]));
  const { version } = JSON.parse(read('packages/service/package.json'));
  for (const file of ['deploy/Dockerfile', ...YAML]) {
    for (const [, tag] of read(file).matchAll(/pip-sessions:(\d[\w.]*)/g)) assert.equal(tag, version, file);
  }
});

test('the image is built from files that exist, with the packages of the service only', () => {
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
  for (const file of copied) assert.ok(existsSync(ROOT + file), file);
  const { workspaces } = JSON.parse(read('package.json'));
  for (const workspace of workspaces) assert.ok(copied.includes(`${workspace}/package.json`), workspace);
  const service = JSON.parse(read('packages/service/package.json'));
  const own = Object.keys(service.dependencies).filter((name) => name.startsWith('@pip-sessions/'));
  const built = [...DOCKERFILE.matchAll(/^COPY --from=build \S*packages\/([\w-]+)\/dist/gm)].map(([, name]) => name);
  assert.deepEqual(built, [...own.map((name) => name.replace('@pip-sessions/', '')), 'service']);
  const require = createRequire(`${ROOT}packages/service/package.json`);
  for (const name of own) assert.ok(require.resolve(`${name}/package.json`));
});

test('Docker gets no file that the image does not need', () => {
  const allowed = [...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, path = '']) => path);
  assert.match(read('.dockerignore'), /^\*$/m);
  for (const path of allowed) assert.ok(existsSync(ROOT + path), path);
  for (const path of allowed.filter((name) => name !== 'deploy')) {
    assert.match(DOCKERFILE, new RegExp(`^COPY .*${path.replaceAll('.', '\\.')}`, 'm'));
  }
});

test('everything that stops the service waits until it has stopped', () => {
  for (const file of YAML.filter((name) => name.startsWith('deploy/compose/'))) {
    for (const [name, service] of Object.entries<Record<string, string>>(documentsOf(file)[0].services)) {
      if (!name.startsWith('sessions')) continue;
      assert.ok(Number.parseInt(service.stop_grace_period ?? '0', 10) > STOP_SECONDS_MAX, `${file}: ${name}`);
    }
  }
  const pod = documentsOf('deploy/kubernetes/deployment.yml')[0].spec.template.spec;
  const before = pod.containers[0].lifecycle.preStop.sleep.seconds;
  assert.ok(pod.terminationGracePeriodSeconds > before + STOP_SECONDS_MAX);
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(read('deploy/systemd/pip-sessions.service')) ?? [];
  assert.ok(Number(seconds) > STOP_SECONDS_MAX);
});

test('Kubernetes applies every manifest, and each selects the pods of the deployment', () => {
  const folder = 'deploy/kubernetes/';
  const { resources } = documentsOf(`${folder}kustomization.yaml`)[0];
  assert.deepEqual(
    [...resources].sort(),
    YAML.filter((file) => file.startsWith(folder) && !file.includes('kustomization'))
      .map((file) => file.slice(folder.length))
      .sort(),
  );
  const [deployment] = documentsOf(`${folder}deployment.yml`);
  const labels = deployment.spec.template.metadata.labels;
  for (const file of ['disruption-budget.yml', 'network-policy.yml', 'service.yml']) {
    const { spec } = documentsOf(folder + file)[0];
    const selector = spec.podSelector?.matchLabels ?? spec.selector.matchLabels ?? spec.selector;
    assert.deepEqual(selector, labels, file);
  }
  assert.equal(documentsOf(`${folder}autoscaler.yml`)[0].spec.scaleTargetRef.name, deployment.metadata.name);
});
