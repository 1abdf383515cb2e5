import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { everythingIsOpen } from '@pip-sessions/service/internal/config/open-notice';
import { createLogger } from '@pip-sessions/service/internal/observability/log';
import { EXIT_CODE_FAULT, watchProcessFaults } from '@pip-sessions/service/internal/process/faults';
import {
  EXIT_CODE_READER_GONE,
  print,
  ReaderGone,
  say as sayText,
} from '@pip-sessions/service/internal/process/standard-streams';
import { EXIT_CODE_INTERRUPTED, StopSignals } from '@pip-sessions/service/internal/process/stop-signals';
import { ConfigParams } from 'pip-services3-commons-nodex';
import { Container } from './container/container.ts';
import { type ComponentConfig, type Parameters, readContainerConfig } from './container/container-config.ts';
import { StandardFactory } from './container/standard-factory.ts';
import { type ComponentFactory, SessionsServiceFactory } from './factory.ts';
import { SessionsHttpServiceV1 } from './http-service.ts';
import { SessionsFilePersistence } from './persistence/file-persistence.ts';
import { SessionsMemoryPersistence } from './persistence/memory-persistence.ts';
import { textSetting } from './settings.ts';

const USAGE = `Usage: pip-sessions-process [-c <config.yml>] [-p <name>=<value>[;<name>=<value>]]

Runs the components of a configuration file.

  -c, --config   the file (default ./config/config.yml; if it does not exist, the one of the package)
  -p, --param    values for the names in the file; they override the environment; --params is the same
  -h, --help     this text

API v1 requires no key here. It is therefore served on loopback only (HTTP_HOST), unless HTTP_OPEN_TO_NETWORK=true
confirms that only trusted callers can reach it. HTTP_ALLOWED_HOSTS lists its host names, in addition to those of
loopback.
`;

const WORKING_CONFIG = './config/config.yml';
const PACKAGE_CONFIG = fileURLToPath(new URL('../config/config.yml', import.meta.url));
const NAME = 'sessions';

/** Maximum time for an orderly end of the process: requests in flight and a save of the file are finished first. */
const SHUTDOWN_TIMEOUT_MS = 35_000;

interface Arguments {
  readonly config: string;
  readonly parameters: Parameters;
  readonly help: boolean;
}

/**
 * A process of Pip.Services components, from a configuration file (`--config`, default `./config/config.yml`).
 *
 * @example
 * import { SessionsProcess } from '@pip-sessions/pip-service';
 *
 * new SessionsProcess().run(process.argv);
 */
export class SessionsProcess {
  readonly #factories: ComponentFactory[] = [new SessionsServiceFactory(), new StandardFactory()];
  #container: Container | null = null;

  /** Adds a factory, so that the configuration can also list components of the application. */
  addFactory(factory: ComponentFactory): void {
    this.#factories.push(factory);
  }

  /** The URLs of the HTTP services in the configuration. */
  get urls(): string[] {
    const components: unknown[] = this.#container?.references.getAll() ?? [];
    return components.flatMap((item) => (item instanceof SessionsHttpServiceV1 && item.url !== null ? [item.url] : []));
  }

  /** Creates, wires and opens the components of the file. If that fails, nothing is left open. */
  async open(config: string, parameters: Parameters): Promise<void> {
    const components = await readContainerConfig(config, parameters);
    setAccess(components, parameters);
    const container = Container.create(components, this.#factories, say);
    await container.open(NAME);
    this.#container = container;
  }

  /** Closes the components in reverse order. */
  async close(): Promise<void> {
    const container = this.#container;
    this.#container = null;
    await container?.close(NAME);
  }

  /**
   * Runs until SIGINT or SIGTERM, with the arguments of `process.argv`. If it cannot start, it prints the reason to
   * standard error and exits with 1.
   */
  async run(argv: readonly string[]): Promise<void> {
    try {
      const { config, parameters, help } = readArguments(argv.slice(2), process.env);
      if (help) {
        await print(USAGE);
        return;
      }
      await this.open(config, parameters);
      this.#closeAtTheEnd();
      this.#announce(config);
    } catch (error) {
      fail(error);
    }
  }

  /** Prints which callers can use the services, and where sessions are stored. */
  #announce(config: string): void {
    const components: unknown[] = this.#container?.references.getAll() ?? [];
    const services = components.filter((item) => item instanceof SessionsHttpServiceV1);
    for (const { url, audience } of services) {
      say(`Serving sessions on ${url}. Stop with Ctrl+C.`);
      say(everythingIsOpen(audience));
    }
    if (services.length === 0) {
      say(`Nothing is served: ${config} has no HTTP service of sessions, or its conditions disable it.`);
    }
    for (const item of components) {
      if (item instanceof SessionsFilePersistence) say(`Sessions are stored in ${item.path}.`);
      else if (item instanceof SessionsMemoryPersistence)
        say('Sessions are stored in memory and are lost when the process ends.');
    }
  }

  #closeAtTheEnd(): void {
    const stop = () => {
      setTimeout(() => process.exit(EXIT_CODE_FAULT), SHUTDOWN_TIMEOUT_MS).unref();
      this.close().then(() => process.exit(0), fail);
    };
    watchProcessFaults(createLogger('error'), (end) => void this.close().then(end, end));
    new StopSignals({ stop, stopNow: () => process.exit(EXIT_CODE_INTERRUPTED) }).listen();
  }
}

/** Parses the command line. Its values override the environment. Throws for an unknown option. */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): Arguments {
  const { config, param, params, help } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', short: 'c' },
      param: { type: 'string', short: 'p', multiple: true },
      params: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
  const given = ConfigParams.fromString([...(param ?? []), ...(params ?? [])].join(';'));
  const parameters: Record<string, string | undefined> = { ...env };
  for (const name of given.getKeys()) {
    parameters[name] = given.getAsString(name);
    // The toolkit ignores the case of these names, and configuration files use upper case.
    parameters[name.toUpperCase()] = given.getAsString(name);
  }
  const found = config ?? (existsSync(WORKING_CONFIG) ? WORKING_CONFIG : PACKAGE_CONFIG);
  return { config: found, parameters, help: help === true };
}

/**
 * Settings of every HTTP service that the command line or the environment can set, also if the configuration does not
 * mention them.
 */
const ACCESS_PARAMETERS = { open_to_network: 'HTTP_OPEN_TO_NETWORK', allowed_hosts: 'HTTP_ALLOWED_HOSTS' } as const;

function setAccess(components: readonly ComponentConfig[], parameters: Parameters): void {
  for (const { descriptor, config } of components) {
    if (descriptor.getType() !== 'service') continue;
    for (const [key, parameter] of Object.entries(ACCESS_PARAMETERS)) {
      if (parameters[parameter] && textSetting(config, key) === null) config.put(key, parameters[parameter]);
    }
  }
}

function say(message: string): void {
  sayText(`${message}\n`);
}

function fail(error: unknown): void {
  if (error instanceof ReaderGone) process.exit(EXIT_CODE_READER_GONE);
  const known = error instanceof Error && 'code' in error;
  say(`pip-sessions-process: ${known ? error.message : ((error as Error).stack ?? error)}`);
  process.exit(1);
}
