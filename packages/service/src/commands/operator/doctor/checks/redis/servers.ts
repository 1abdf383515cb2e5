import type { Address, RedisStoreConfig } from '../../../../../stores/redis/config.ts';
import { addressFrom } from '../../../../../stores/redis/topology/addresses.ts';
import { toFault } from '../../../../../stores/redis/topology/fault.ts';
import { Server } from '../../../../../stores/redis/topology/server.ts';
import { CannotCheck } from '../../examination.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const SILENT = { up: () => {}, down: () => {} };

/** A server that is examined, whatever its role. */
export interface ExaminedServer {
  /** `host:port`. */
  readonly address: string;
  /** Sends a command. Rejects with `CannotCheck`, also if the user of the URL may not send it. */
  readonly send: <T>(...args: readonly string[]) => Promise<T>;
  readonly close: () => void;
}

/** Connects to a server. Rejects with `CannotCheck` if the signal is aborted before. */
export async function connectTo(at: Address, config: RedisStoreConfig, signal: AbortSignal): Promise<ExaminedServer> {
  const server = new Server(at, { ...config, replicas: 0 }, SILENT, { isOfAnyRole: true });
  const { address } = server;
  try {
    await Promise.race([
      server.up(),
      rejected(server, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)])),
    ]);
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    address,
    send: async <T>(...args: readonly string[]) => {
      try {
        return await server.send<T>(args);
      } catch (error) {
        throw new CannotCheck(`${args[0]} at ${address}: ${reasonOf(error)}.`);
      }
    },
    close: () => server.close(),
  };
}

const LOOK_MS = 50;

/** Rejects when the server rejects the connection, or when the signal is aborted. */
function rejected(server: Server, signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    if (server.isUp) clearInterval(timer);
    else if (server.problem !== null) end(server.problem);
  }, LOOK_MS);
  const end = (reason: string) => {
    clearInterval(timer);
    reject(new CannotCheck(`${server.address}: ${reason}.`));
  };
  signal.addEventListener('abort', () => end('it cannot be reached'), { once: true });
  return promise;
}

function reasonOf(error: unknown): string {
  const fault = toFault(error);
  return 'reason' in fault ? fault.reason : `the server has responded with ${fault.type}`;
}

/** First and last slot; host and port of the master. */
type SlotRange = readonly [number, number, readonly [string | null, number], ...unknown[]];

/** The addresses of the masters of a cluster, as one of its nodes reports them. */
export async function clusterMasters(node: ExaminedServer, at: Address): Promise<readonly Address[]> {
  const ranges = await node.send<readonly SlotRange[]>('CLUSTER', 'SLOTS');
  const masters = new Map<string, Address>();
  for (const [, , [host, port]] of ranges) {
    const address = addressFrom(`${host ?? ''}:${port}`, at);
    masters.set(`${address.host}:${address.port}`, address);
  }
  return [...masters.values()];
}

/** The address of the master that a sentinel names. */
export async function sentinelMaster(sentinel: ExaminedServer, name: string): Promise<Address> {
  const named = await sentinel.send<readonly [string, string] | null>('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
  if (named === null) throw new CannotCheck(`The sentinel ${sentinel.address} knows no master "${name}".`);
  return { host: named[0], port: Number(named[1]) };
}
