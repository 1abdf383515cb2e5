import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { API } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['client', 'contract', 'near-cache', 'pip-client', 'pip-service', 'service'];
/** Below a package, so that imports find the packages that it depends on. No such file exists on the disk. */
const FOLDER = `${root}packages/client/src/examples`;

/** The names that examples use and do not declare, with their types. */
const CONTEXT: Readonly<Record<string, string>> = {
  key: 'string',
  token: 'string',
  secret: 'string',
  id: 'string',
  sessions: "import('@pip-sessions/client').SessionsClient",
  client: "import('@pip-sessions/client').SessionsClient",
  sessionsV1: "import('@pip-sessions/client').SessionsClientV1",
  session: "import('@pip-sessions/client').Session",
  userSession: "import('@pip-sessions/client/fetch').UserSession",
  controller: "import('@pip-sessions/client').SessionsClientV1",
};

/** The types of `app`, `store` and `req` by file: those of the framework, or of the library. */
const APPLICATIONS: Readonly<Record<string, string>> = {
  express: `declare const app: import('express').Express; declare const req: import('express').Request;
    declare const store: import('@pip-sessions/client/express-session').PipSessionsStore;`,
  fastify: `declare const app: import('fastify').FastifyInstance; declare const request: import('fastify').FastifyRequest;
    declare const store: import('@pip-sessions/client/fastify-session').PipSessionsStore;`,
  h3: '',
  koa: `declare const router: import('@koa/router').default; declare const ctx: import('koa').Context;
    declare const store: import('@pip-sessions/client/koa-session').PipSessionsStore;`,
  astro: '',
  'react-router': '',
  hono: "declare const app: import('hono').Hono<import('@pip-sessions/client/hono').UserSessionEnv>;",
};

/** A framework that is installed only below its example. */
const MODULES = `declare module 'next/headers' {
  type Options = import('@pip-sessions/client/next').NextRequestOptions;
  export const headers: Options['headers'];
  export const cookies: Options['cookies'];
}`;

interface Example {
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', ...PACKAGES.map((name) => `packages/${name}`)],
  {
    cwd: root,
    encoding: 'utf8',
  },
).split('\n');
const examples = files.filter((path) => /(?<!\.test)\.ts$|README\.md$/.test(path)).flatMap(examplesOf);
const sources = new Map(examples.map((example, index) => [`${FOLDER}/example-${index}.ts`, example]));

const config = `${FOLDER}/tsconfig.json`;
const modules = `${FOLDER}/modules.d.ts`;
const virtual = new Map([
  [
    config,
    JSON.stringify({
      extends: `${root}tsconfig.json`,
      compilerOptions: { experimentalDecorators: true }, // as applications of Nest have
      files: [modules, ...sources.keys()],
      include: [],
    }),
  ],
  [modules, MODULES] as const,
  ...[...sources].map(([path, example]) => [path, withContext(example)] as const),
]);
const api = new API({
  cwd: root,
  fs: {
    readFile: (path) => virtual.get(path),
    fileExists: (path) => virtual.has(path) || undefined,
    directoryExists: (path) => path === FOLDER || undefined,
  },
});
after(() => api.close());

test('every example in a docstring or a README of the packages compiles', () => {
  assert.ok(examples.length > 30, `there are ${examples.length} examples only`);
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  const problems = [...sources].flatMap(([path, example]) => {
    const found = [...(project?.program.getSyntacticDiagnostics(path) ?? [])];
    found.push(...(project?.program.getSemanticDiagnostics(path) ?? []));
    return found.map(({ text }) => `${example.path}:${example.line}: ${text}`);
  });
  assert.deepEqual(problems, []);
});

function examplesOf(path: string): readonly Example[] {
  const text = readFileSync(root + path, 'utf8');
  const found = path.endsWith('.md')
    ? text.matchAll(/```ts\n(.*?)```/gs)
    : text.matchAll(/^ *\* @example\n(.*?)(?=^ *\*\/|^ *\* @)/gms);
  return [...found].map(({ index, 1: code = '' }) => ({
    path,
    line: text.slice(0, index).split('\n').length,
    code: path.endsWith('.md') ? code : code.replaceAll(/^ *\* ?/gm, ''),
  }));
}

/** An example as a module, with declarations of the names that it uses and does not declare. */
function withContext({ path, code }: Example): string {
  const declares = (name: string) =>
    new RegExp(`(?:const|let|import|type)\\b[^=;]*\\b${name}\\b[^=;]*(?:=|from)`).test(code);
  const names = Object.keys(CONTEXT).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !declares(name));
  const application = Object.keys(APPLICATIONS).find((name) => path.includes(name) || code.includes(`client/${name}`));
  const declared = (APPLICATIONS[application ?? ''] ?? '')
    .split(/(?<=;)\s*/)
    .filter((line) => !declares(/const (\w+)/.exec(line)?.[1] ?? ''));
  return `${code}\n${names.map((name) => `declare const ${name}: ${CONTEXT[name]};`).join('\n')}\n${declared.join('\n')}\nexport {};\n`;
}
