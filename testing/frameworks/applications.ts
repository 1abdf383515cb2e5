import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunningApp } from '../../packages/client/src/middleware/fixtures/app.ts';
import { listen } from '../../packages/client/src/middleware/fixtures/listen.ts';

interface Framework {
  /** The command that builds an application, below `node_modules`. */
  readonly build: readonly [string, ...string[]];
  /** The files of this folder that are added, by their paths in the application. */
  readonly adds: Readonly<Record<string, string>>;
  /** The files of the example that get another path. */
  readonly moves?: Readonly<Record<string, string>>;
  /** Loads the built application from its folder. Its address has this port. */
  readonly load: (app: string, port: number) => Promise<RequestListener>;
}

export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  astro: {
    build: ['astro/bin/astro.mjs', 'build'],
    moves: { 'src/middleware.ts': 'src/middleware.example.ts' },
    adds: { 'src/middleware.js': 'middleware.js', 'src/pages/[...path].js': 'route.js' },
    load: async (app) => (await import(`${app}/dist/server/entry.mjs`)).handler,
  },
  next: {
    build: ['next/dist/bin/next', 'build'],
    adds: { 'app/[...path]/route.js': 'route.js' },
    load: async (dir, port) => {
      const next = createRequire(`${dir}/package.json`)('next');
      const app = next({ dev: false, dir, hostname: '127.0.0.1', port, quiet: true });
      await app.prepare();
      return app.getRequestHandler();
    },
  },
  nitro: {
    build: ['nitro/dist/cli/index.mjs', 'build', '--preset', 'node_middleware'],
    moves: { 'server/middleware/1.session.ts': 'server/session.example.ts' },
    adds: { 'server/middleware/1.session.js': 'middleware.js', 'server/routes/[...path].js': 'route.js' },
    load: async (app) => (await import(`${app}/.output/server/index.mjs`)).middleware,
  },
  nuxt: {
    build: ['nuxt/bin/nuxt.mjs', 'build', '--preset', 'node-listener'],
    moves: { 'server/middleware/1.session.ts': 'server/session.example.ts' },
    adds: { 'server/middleware/1.session.js': 'session.js', 'server/middleware/2.cases.js': 'cases.js' },
    load: async (app) => (await import(`${app}/.output/server/index.mjs`)).listener,
  },
  sveltekit: {
    build: ['vite/bin/vite.js', 'build'],
    moves: { 'src/hooks.server.ts': 'src/hooks.example.ts' },
    adds: { 'src/hooks.server.js': 'hooks.js', 'src/routes/[...path]/+server.js': 'server.js' },
    load: async (app) => {
      // The server takes its own address for https, unless a proxy tells another scheme.
      process.env.PROTOCOL_HEADER = 'x-scheme';
      const { handler } = await import(`${app}/build/handler.js`);
      return (request, response) => {
        request.headers['x-scheme'] = 'http';
        handler(request, response);
      };
    },
  },
};

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NO_COPY = new Set([
  ...['node_modules', '.cache', '.next', '.svelte-kit', '.astro', '.output', '.nitro', '.nuxt', 'build', 'dist'],
]);

const { NODE_OPTIONS: _, ...inherited } = process.env;
const env = { ...inherited, NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' };

/** Builds the packages that applications install. */
export function buildPackages(): void {
  run(process.execPath, ['scripts/build.ts'], ROOT);
}

/** Builds the example of a framework, alone or together with the route of the cases. Returns its folder. */
export function buildApplication(name: string, kind: 'example' | 'cases'): string {
  const framework = FRAMEWORKS[name] as Framework;
  const { build } = framework;
  const { adds, moves = {} } = kind === 'cases' ? framework : { adds: {} };
  const [program, ...args] = build;
  const example = `${ROOT}examples/${name}`;
  // Below the example, so that imports find its packages.
  const app = `${example}/.cache/${kind}`;
  if (!existsSync(`${example}/node_modules/.package-lock.json`)) {
    run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], example);
  }
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  for (const entry of readdirSync(example).filter((each) => !NO_COPY.has(each))) {
    cpSync(`${example}/${entry}`, `${app}/${entry}`, { recursive: true });
  }
  for (const [from, to] of Object.entries(moves)) cpSync(`${example}/${from}`, `${app}/${to}`);
  for (const from of Object.keys(moves)) rmSync(`${app}/${from}`);
  for (const [path, source] of Object.entries(adds)) {
    mkdirSync(dirname(`${app}/${path}`), { recursive: true });
    copyFileSync(`${ROOT}testing/frameworks/${name}/${source}`, `${app}/${path}`);
  }
  installPackages(`${app}/node_modules/@pip-sessions`);
  const config = `${app}/next.config.ts`;
  if (existsSync(config)) writeFileSync(config, readFileSync(config, 'utf8').replace("'../..'", "'../../../..'"));
  run(process.execPath, [`${example}/node_modules/${program}`, ...args], app);
  return app;
}

/** Serves a built application on a free port. */
export async function startApplication(name: string, app: string): Promise<RunningApp> {
  let handle: RequestListener = () => {};
  const server = await listen(createServer((request, response) => handle(request, response)));
  handle = await (FRAMEWORKS[name] as Framework).load(app, Number(new URL(server.url).port));
  return server;
}

/** Installs the built packages as they are published. A framework treats linked ones as sources of the application. */
function installPackages(folder: string): void {
  for (const name of ['client', 'contract', 'near-cache']) {
    cpSync(`${ROOT}packages/${name}/dist`, `${folder}/${name}/dist`, { recursive: true });
    const published = JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8'), (key, value) => {
      return key === 'source' ? undefined : value;
    });
    writeFileSync(`${folder}/${name}/package.json`, JSON.stringify(published));
  }
}

/** Runs a command. Ends this process if it fails. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  const { status } = spawnSync(command, args, { cwd, env: { ...env, ...more }, stdio: [...stdio], timeout: 300_000 });
  if (status === 0) return;
  process.stderr.write(`${command} ${args.join(' ')} failed in ${cwd}\n`);
  process.exit(1);
}
