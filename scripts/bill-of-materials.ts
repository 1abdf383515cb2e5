/**
 * The software bill of materials (SBOM) of a published package, in CycloneDX 1.6. It lists the run-time dependencies, in the
 * versions of package-lock.json that the tests use, and the bundled packages. It does not depend on the machine or the time.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The file's name, in the folder of each package. */
export const BILL_FILE = 'bom.cdx.json';

interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Component {
  readonly type: 'application' | 'library';
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: 'required' | 'optional';
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  readonly licenses: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  readonly purl: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

export interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Packages whose code is copied into a package at build time, here or by its own authors. They are no dependencies. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  // scripts/bundle.js copies them into vendor/. Those of the web console come after the other two.
  'packages/service': [
    'typebox',
    'swagger-ui-dist',
    '@base-ui/react',
    '@base-ui/utils',
    '@floating-ui/core',
    '@floating-ui/dom',
    '@floating-ui/react-dom',
    '@floating-ui/utils',
    '@tanstack/query-core',
    '@tanstack/react-query',
    '@tanstack/react-virtual',
    '@tanstack/virtual-core',
    'bowser',
    'react',
    'react-dom',
    'scheduler',
    'uplot',
    'use-sync-external-store',
  ],
};
/** Packages that contain copies of other packages. */
const COPIED_FROM: Readonly<Record<string, string>> = { 'swagger-ui-dist': 'node_modules/@fastify/swagger-ui' };
/** Licences of packages that are not installed: only copies of their files exist. */
const LICENSES: Readonly<Record<string, string>> = { 'swagger-ui-dist': 'Apache-2.0' };
/** A name from the CycloneDX property taxonomy for npm. */
const IS_BUNDLED = { name: 'cdx:npm:package:bundled', value: 'true' };

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = readJson('package-lock.json').packages as Readonly<Record<string, LockedPackage>>;

/** The SBOM of the workspace's package in a folder. */
export function billOf(path: string): Bill {
  const components = new Map<string, Component>();
  const dependencies = new Map<string, readonly string[]>();
  const walk = (at: string): string => {
    const { purl } = componentAt(at);
    if (dependencies.has(purl)) return purl;
    dependencies.set(purl, []);
    components.set(purl, componentAt(at));
    const bundled = (BUNDLED[at] ?? []).map((name) => bundledIn(at, name));
    for (const component of bundled) {
      components.set(component.purl, component);
      dependencies.set(component.purl, []);
    }
    const purls = [...neededBy(at).map(walk), ...bundled.map((component) => component.purl)];
    dependencies.set(purl, [...new Set(purls)].toSorted());
    return purl;
  };
  const purl = walk(path);
  components.delete(purl);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: componentAt(path) },
    components: [...components].toSorted(byKey).map(([, component]) => component),
    dependencies: [...dependencies].toSorted(byKey).map(([ref, dependsOn]) => ({ ref, dependsOn })),
  };
}

/** Paths in package-lock.json of the dependencies of the package at a path; optional ones only if they are there. */
function neededBy(at: string): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = lockedAt(at);
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  const names = [...Object.keys(dependencies ?? {}), ...peers];
  const optional = Object.keys(optionalDependencies ?? {}).filter((name) => placeOf(name, at) !== null);
  return [...new Set([...names, ...optional])].map((name) => {
    const place = placeOf(name, at);
    if (place === null) throw new Error(`package-lock.json lacks ${name}, a dependency of ${at}`);
    return place;
  });
}

/** Resolves a package like Node: in the nearest `node_modules` that has it. */
function placeOf(name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const locked = lock[place];
    if (locked) return locked.link ? (locked.resolved ?? place) : place;
    if (folder === '') return null;
  }
}

function componentAt(at: string): Component {
  const { name, version, license, integrity, optional } = lockedAt(at);
  const fullName = name ?? at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const component = toComponent(fullName, version, license);
  if (at === 'packages/service') return { ...component, type: 'application' };
  if (at.startsWith('packages/')) return component;
  return { ...component, scope: optional ? 'optional' : 'required', hashes: hashesOf(fullName, integrity) };
}

/** The version is that of the installed package, else that of the package from which the copy was made. */
function bundledIn(at: string, name: string): Component {
  const place = placeOf(name, at);
  const component =
    place === null
      ? toComponent(name, readJson(`${COPIED_FROM[name] ?? at}/package.json`).devDependencies?.[name], LICENSES[name])
      : componentAt(place);
  return { ...component, scope: 'required', properties: [IS_BUNDLED] };
}

function toComponent(fullName: string, version?: string, license?: string): Component {
  if (version === undefined || license === undefined) throw new Error(`${fullName} has no version or no licence`);
  const slash = fullName.indexOf('/');
  const name = fullName.slice(slash + 1);
  const group = slash === -1 ? {} : { group: fullName.slice(0, slash) };
  const purl = `pkg:npm/${fullName.replace('@', '%40')}@${version}`;
  const licenses = [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }];
  return { type: 'library', 'bom-ref': purl, ...group, name, version, licenses, purl };
}

function hashesOf(name: string, integrity = ''): NonNullable<Component['hashes']> {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`${name} has no SHA-512 in package-lock.json`);
  return [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }];
}

function lockedAt(at: string): LockedPackage {
  const locked = lock[at];
  if (!locked) throw new Error(`${at} is not in package-lock.json`);
  return locked;
}

function readJson(path: string) {
  return JSON.parse(readFileSync(root + path, 'utf8'));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
