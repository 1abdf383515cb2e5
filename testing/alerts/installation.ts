import { rmSync } from 'node:fs';
import { PostgresServer } from '../servers/postgres-server.ts';
import { TcpProxy } from '../servers/proxy.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { privateFolder } from '../servers/server-process.ts';
import { ServiceNode } from '../service/service-node.ts';

/** The credentials of `/metrics`. */
export const METRICS_TOKEN = 'the-token-of-prometheus';

/** All requests of a test come from one address. */
const SETTINGS = { SESSIONS_CALLER_SHARE: '100', SESSIONS_METRICS_TOKEN: METRICS_TOKEN };

/** The servers and nodes of one fault. All are removed with it, the last one first. */
export class Installation implements AsyncDisposable {
  readonly nodes: ServiceNode[] = [];
  readonly #removals = new AsyncDisposableStack();

  /** Starts a node of the service, which Prometheus scrapes. */
  async node(store: string, settings: Readonly<Record<string, string>> = {}): Promise<ServiceNode> {
    const node = await ServiceNode.start(store, { ...SETTINGS, ...settings });
    this.#removals.defer(() => node.kill());
    this.nodes.push(node);
    return node;
  }

  async postgres(): Promise<PostgresServer> {
    const server = await PostgresServer.start();
    this.#removals.defer(() => server.remove());
    return server;
  }

  async redis(): Promise<RedisServer> {
    const server = await RedisServer.start();
    this.#removals.defer(() => server.remove());
    return server;
  }

  async proxy(port: number): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(port);
    this.#removals.defer(() => proxy.stop());
    return proxy;
  }

  /** The URL of a new SQLite file. */
  sqlite(): string {
    const folder = privateFolder('alerts', null);
    this.#removals.defer(() => rmSync(folder, { recursive: true, force: true }));
    return `sqlite:${folder}/sessions.db`;
  }

  /** Runs at the end, before everything that was started earlier is removed. */
  defer(work: () => Promise<void> | void): void {
    this.#removals.defer(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#removals.disposeAsync();
  }
}
