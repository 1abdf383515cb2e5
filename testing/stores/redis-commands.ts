import { createClient } from '@redis/client';
import type { RedisServer } from '../servers/redis-server.ts';

/** Sends one command to one node, whatever its role. */
export type Command = (...words: readonly string[]) => Promise<unknown>;

/** A line of CLUSTER NODES. */
export interface ClusterNode {
  readonly id: string;
  readonly port: number;
  readonly isMaster: boolean;
  readonly hasFailed: boolean;
  /** Infinite for a node that serves no slot. */
  readonly firstSlot: number;
}

/** One connection to each of several servers. */
export interface Connections {
  /** In the order of the servers. */
  readonly commands: readonly Command[];
  readonly close: () => void;
}

export async function connectTo(servers: readonly Pick<RedisServer, 'url'>[]): Promise<Connections> {
  const clients = servers.map(({ url }) => createClient({ url, RESP: 2, socket: { reconnectStrategy: false } }));
  const close = () => {
    for (const client of clients) if (client.isOpen) client.destroy();
  };
  try {
    // Each failure also rejects the command in flight.
    for (const client of clients) client.on('error', () => {});
    await Promise.all(clients.map((client) => client.connect()));
  } catch (error) {
    close();
    throw error;
  }
  return {
    commands: clients.map(
      (client) =>
        (...words) =>
          client.sendCommand(words),
    ),
    close,
  };
}

export async function withConnections<T>(
  servers: readonly Pick<RedisServer, 'url'>[],
  work: (commands: readonly Command[]) => Promise<T>,
): Promise<T> {
  const { commands, close } = await connectTo(servers);
  try {
    return await work(commands);
  } finally {
    close();
  }
}

export async function nodesOf(command: Command): Promise<readonly ClusterNode[]> {
  const lines = String(await command('CLUSTER', 'NODES')).trimEnd();
  return lines.split('\n').map((line) => {
    const [id = '', address = '', flags = '', , , , , , slots = ''] = line.split(' ');
    return {
      id,
      port: Number(/:(\d+)@/.exec(address)?.[1]),
      isMaster: flags.includes('master'),
      hasFailed: /fail(?!\?)/.test(flags),
      firstSlot: slots === '' ? Number.POSITIVE_INFINITY : Number.parseInt(slots, 10),
    };
  });
}
