import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { BILL_FILE, type Bill, billOf } from './bill-of-materials.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['packages/client', 'packages/service'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
}

/** Folders of the packages that a package loads from `node_modules` at run time, without itself. */
function installedFor(folder: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const name of Object.keys(manifestIn(folder).dependencies ?? {})) {
    let from = folder;
    while (!existsSync(`${from}/node_modules/${name}/package.json`)) from = from.slice(0, from.lastIndexOf('/'));
    const found = `${from}/node_modules/${name}`;
    if (seen.has(found)) continue;
    seen.add(found);
    installedFor(found, seen);
  }
  return seen;
}

function licensesOf({ licenses }: Bill['components'][number]): string[] {
  return licenses.map((choice) => ('license' in choice ? choice.license.id : choice.expression));
}

for (const path of PACKAGES) {
  test(`[ASVS-15.1.2] the SBOM of ${path} lists each dependency with licence and purl`, () => {
    const { components } = billOf(path);
    const installed = installedFor(root + path);
    assert.equal(installed.size > 20, path === 'packages/service');
    for (const folder of installed) {
      const { name, version, license } = manifestIn(folder);
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      const component = components.find((one) => one.purl === purl);
      assert.ok(component, `the SBOM lacks ${purl}`);
      const { group } = component;
      assert.deepEqual([group ? `${group}/${component.name}` : component.name, component.version], [name, version]);
      assert.deepEqual(licensesOf(component), [license]);
    }
  });

  test(`the SBOM of ${path} is valid CycloneDX 1.6 and is part of the package`, () => {
    const bill = billOf(path);
    assert.deepEqual([bill.bomFormat, bill.specVersion, bill.version], ['CycloneDX', '1.6', 1]);
    const all = [bill.metadata.component, ...bill.components];
    const refs = all.map((component) => component['bom-ref']);
    assert.equal(new Set(refs).size, refs.length);
    assert.deepEqual(bill.dependencies.map(({ ref }) => ref).toSorted(), refs.toSorted());
    for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) assert.ok(refs.includes(ref), ref);
    for (const component of all) {
      assert.match(component.purl, /^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.-]*$/);
      assert.ok(['application', 'library'].includes(component.type));
      for (const license of licensesOf(component)) assert.match(license, /^[\w.() -]+$/);
      for (const { content } of component.hashes ?? []) assert.match(content, /^[0-9a-f]{128}$/);
    }
    assert.ok(manifestIn(root + path).files.includes(BILL_FILE));
  });

  test(`the SBOM of ${path} does not depend on the machine or the time`, () => {
    const text = JSON.stringify(billOf(path));
    assert.equal(text, JSON.stringify(billOf(path)));
    assert.doesNotMatch(text, /https?:|timestamp|node_modules|"packages\//);
    assert.ok(!text.includes(root) && !text.includes(`"${hostname()}"`));
  });
}

test('[ASVS-15.1.2] the SBOM of the service lists the bundled packages', async () => {
  const { components } = billOf('packages/service');
  const bundled = components.filter(({ properties }) => properties?.[0]?.name === 'cdx:npm:package:bundled');
  const { output } = await build({
    input: `${root}packages/service/src/api/typebox.ts`,
    platform: 'node',
    write: false,
  });
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const packages = modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
  const pages = readFileSync(`${root}packages/service/vendor/console/licenses.md`, 'utf8');
  const inPages = [...pages.matchAll(/^## (\S+) - /gm)].map(([, name]) => name);
  assert.deepEqual(
    bundled.map(({ group, name }) => (group ? `${group}/${name}` : name)).toSorted(),
    [...new Set(packages), 'swagger-ui-dist', ...inPages].toSorted(),
  );
});

test('the SBOM has the version of Swagger UI that the service serves at /docs', () => {
  const page = readFileSync(`${root}node_modules/@fastify/swagger-ui/static/swagger-ui-bundle.js`, 'utf8');
  const [, version] = /PACKAGE_VERSION:"([^"]+)"/.exec(page) ?? [];
  const { components } = billOf('packages/service');
  assert.equal(components.find(({ name }) => name === 'swagger-ui-dist')?.version, version);
});
