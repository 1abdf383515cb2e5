import { PostgresServer } from '../../testing/servers/postgres-server.ts';
import { RedisCluster } from '../../testing/servers/redis-cluster.ts';
import { RedisServer } from '../../testing/servers/redis-server.ts';

export const ENGINES = ['postgres', 'redis', 'cluster'] as const;
export type EngineName = (typeof ENGINES)[number];

/** A database that this run starts, in a temporary folder. */
export interface Engine {
  readonly name: EngineName;
  readonly url: string;
  readonly port: number;
  readonly remove: () => Promise<void>;
}

export async function startEngine(name: EngineName): Promise<Engine> {
  switch (name) {
    case 'postgres': {
      const server = await PostgresServer.start();
      return { name, url: server.url, port: server.port, remove: () => server.remove() };
    }
    case 'redis': {
      const server = await RedisServer.start();
      return { name, url: server.url, port: server.port, remove: () => server.remove() };
    }
    case 'cluster': {
      const cluster = await RedisCluster.start();
      return { name, url: cluster.url, port: cluster.nodes[0]?.port ?? 0, remove: () => cluster.stop() };
    }
  }
}
