/** Checks the project's rules that the compiler and the linter cannot check. `npm test` runs it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const SERVICE = 'packages/service/src';
const CLIENT = 'packages/client/src';
const CONTRACT = 'packages/contract/src';
const NEAR_CACHE = 'packages/near-cache/src';
/** Packages that all other packages may import. */
const SHARED = ['@pip-sessions/contract/', '@pip-sessions/near-cache'];
const LINES_MAX = 300;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** The folders of stores, as `create-store.ts` finds them. */
const STORES = readdirSync(`${SERVICE}/stores`).filter((name) => existsSync(`${SERVICE}/stores/${name}/create.ts`));
/** The library of each store that needs one. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = { postgres: ['pg'], redis: ['@redis/client'] };

/** Allowed imports of a folder or a file, as prefixes of paths. A folder may always import itself. */
const LAYERS: readonly { readonly of: string; readonly allow: readonly string[]; readonly why: string }[] = [
  {
    of: `${SERVICE}/domain/time/elapsed-time.ts`,
    allow: [`${SERVICE}/domain`, '@pip-sessions/near-cache/elapsed-clock'],
    why: 'nodes and caches use the same clock of elapsed time',
  },
  {
    of: `${SERVICE}/domain`,
    allow: ['node:crypto', 'node:net', '@pip-sessions/contract/'],
    why: 'the domain imports only the contract',
  },
  ...STORES.map((store) => ({
    of: `${SERVICE}/stores/${store}`,
    allow: [
      `${SERVICE}/domain`,
      `${SERVICE}/stores/shared`,
      `${SERVICE}/stores/sql`,
      'node:',
      ...(LIBRARIES[store] ?? []),
    ],
    why: 'a store imports the domain, its library and the shared code of stores',
  })),
  ...['shared', 'sql'].map((folder) => ({
    of: `${SERVICE}/stores/${folder}`,
    allow: [`${SERVICE}/domain`, 'node:', '@pip-sessions/contract/'],
    why: 'the shared code of stores imports no store',
  })),
  {
    of: `${SERVICE}/api`,
    allow: [`${SERVICE}/domain`, 'node:buffer', 'typebox', '#typebox', '@pip-sessions/contract/', 'secure-json-parse'],
    why: 'the API imports the domain and the contract, and no transport',
  },
  {
    of: `${SERVICE}/http`,
    allow: [`${SERVICE}/api`, `${SERVICE}/domain`, `${SERVICE}/observability`, '@pip-sessions/contract/', 'node:'],
    why: 'HTTP imports the API, not the stores and not the composition',
  },
  {
    of: `${SERVICE}/near-sessions`,
    allow: [`${SERVICE}/domain`, '@pip-sessions/near-cache'],
    why: "a node's cache imports no store and no transport",
  },
  {
    of: `${SERVICE}/observability/audit`,
    allow: [`${SERVICE}/domain`, `${SERVICE}/observability`, `${SERVICE}/stores/shared/private-file.ts`, 'node:'],
    why: 'the audit log imports the domain, and creates its file as stores do',
  },
  {
    of: `${SERVICE}/observability`,
    allow: [
      `${SERVICE}/domain`,
      '@pip-sessions/contract/',
      '@pip-sessions/near-cache',
      'node:',
      'pino',
      'prom-client',
      '@opentelemetry/',
    ],
    why: 'the log and the metrics import only the domain',
  },
  { of: CONTRACT, allow: [], why: 'the contract imports nothing, because all packages share it' },
  { of: NEAR_CACHE, allow: [], why: 'the cache imports nothing, because all packages share it' },
  ...Object.entries({
    'adapters/express.ts': ['node:http'],
    'adapters/node-': ['node:http'],
    'adapters/fastify.ts': ['fastify'],
    'adapters/h3.ts': ['h3', 'node:http'],
    'adapters/hono.ts': ['hono'],
    'adapters/koa.ts': ['koa'],
    'adapters/nest-': ['@nestjs/common', '@nestjs/core'],
    'adapters/nest.ts': ['node:http', '@nestjs/common', '@nestjs/core'],
    'adapters/react-router.ts': ['react-router'],
    'tracing/opentelemetry.ts': ['@opentelemetry/api'],
    'device/index.ts': ['bowser'],
    'session-libraries/express-session.ts': ['express-session'],
    'session-libraries/fastify-session.ts': ['fastify', '@fastify/session'],
    'session-libraries/koa-session.ts': ['koa'],
    'session-libraries/': ['node:crypto'],
  }).map(([name, packages]) => ({
    of: `${CLIENT}/${name}`,
    allow: [`${CLIENT}/`, ...SHARED, ...packages],
    why: 'an entry point imports the core and its own package',
  })),
  { of: CLIENT, allow: SHARED, why: 'the core of the client runs without Node and without dependencies' },
  {
    of: 'packages/pip-client/src',
    allow: [...SHARED, '@pip-sessions/client', 'pip-services3-commons-nodex'],
    why: 'the components wrap the client',
  },
];

/** Calls that are allowed only in certain files. */
const BANNED: readonly { readonly call: RegExp; readonly only: readonly string[]; readonly use: string }[] = [
  {
    call: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    only: [`${SERVICE}/domain/time/clock.ts`, `${CLIENT}/transport/platform.ts`, 'packages/pip-client/src/clock.ts'],
    use: 'the injected clock',
  },
  {
    call: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\brandomFill/,
    only: [`${SERVICE}/domain/ids.ts`, `${CLIENT}/transport/platform.ts`],
    use: 'the one source of randomness',
  },
  {
    call: /\bconsole\./,
    only: [`${CLIENT}/transport/platform.ts`],
    use: 'the logger, or standard-streams.ts in a command',
  },
  {
    call: /\bprocess\.std(out|err)\b/,
    only: [`${SERVICE}/process/standard-streams.ts`, `${SERVICE}/observability/log-target.ts`],
    use: 'the logger, or standard-streams.ts in a command',
  },
  {
    call: /\bprocess\.env\b/,
    only: [`${SERVICE}/main.ts`, `${SERVICE}/commands/command-line.ts`, 'packages/pip-service/src/process.ts'],
    use: 'config.ts',
  },
  { call: /\b(TODO|FIXME|XXX)\b/, only: [], use: 'a complete change' },
];

const IMPORT = /(?:^(?:import|export)\b[^;]*?from |\bimport\()'([^']+)'/gm;
const EMPTY_NAMES = /(^|[/-])(utils?|helpers?|common|misc|managers?)(\.|\/|-|$)/;

const files: readonly SourceFile[] = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && path !== 'scripts/tidy.ts')
  .map((path) => ({ path, text: readFileSync(path, 'utf8'), isTest: /\.test\.tsx?$|\/fixtures\//.test(path) }));

const problems = [...files.flatMap((file) => [...layering(file), ...banned(file), ...shape(file)]), ...circles()];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stderr.write(problems.length === 0 ? `tidy: ${files.length} files\n` : `tidy: ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Import cycles, also through other files and also of types only. Files in a cycle cannot be understood separately. */
function* circles(): Generator<string> {
  const imports = new Map(files.map(({ path, text }) => [path, importsOf(path, text)]));
  const done = new Set<string>();
  const visit = function* (path: string, way: readonly string[]): Generator<string> {
    const at = way.indexOf(path);
    if (at !== -1) yield `${way.slice(at).join(' and ')} import each other`;
    if (at !== -1 || done.has(path)) return;
    for (const imported of imports.get(path) ?? []) yield* visit(imported, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) yield* visit(path, []);
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(IMPORT)].map(([, specifier = '']) => specifier);
  return specifiers.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(path), name)));
}

function* layering({ path, text, isTest }: SourceFile): Generator<string> {
  const layer = LAYERS.find(({ of }) => path === of || path.startsWith(/[-/]$/.test(of) ? of : `${of}/`));
  if (!layer || isTest || path.endsWith('/conformance.ts')) return;
  for (const [, imported = ''] of text.matchAll(IMPORT)) {
    const target = imported.startsWith('.') ? normalize(join(dirname(path), imported)) : imported;
    const own = layer.of.endsWith('/') ? layer.of : `${layer.of}/`;
    const allowed = [own, ...layer.allow].some((prefix) => target.startsWith(prefix));
    if (!allowed) yield `${path} imports ${imported}: ${layer.why}`;
  }
}

function* banned({ path, text, isTest }: SourceFile): Generator<string> {
  if (isTest || !path.startsWith('packages/')) return;
  for (const { call, only, use } of BANNED) {
    if (only.includes(path)) continue;
    const line = text.split('\n').findIndex((code) => call.test(code) && !/^\s*(\*|\/\/|\/\*)/.test(code));
    if (line !== -1) yield `${path}:${line + 1} has ${call.exec(text)?.[0]}: use ${use}`;
  }
}

function* shape({ path, text }: SourceFile): Generator<string> {
  const lines = text.split('\n').length;
  if (lines > LINES_MAX && !path.startsWith('scripts/original-scenarios')) {
    yield `${path} has ${lines} lines, more than ${LINES_MAX}: split it`;
  }
  if (EMPTY_NAMES.test(path)) yield `${path}: the name has no meaning; use a noun`;
}
