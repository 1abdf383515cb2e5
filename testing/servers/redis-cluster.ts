import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterNode, type Command, nodesOf, withConnections } from '../stores/redis-commands.ts';
import { onFreePorts } from './free-port.ts';
import { RedisServer } from './redis-server.ts';

const SLOTS = 16_384;
const FORMED_WITHIN_MS = 60_000;
const POLL_MS = 25;

export interface RedisClusterOptions {
  readonly masters?: number;
  readonly replicas_each?: number;
  /** Settings as in `redis.conf`, for every node. */
  readonly settings?: Readonly<Record<string, string>>;
}

const SETTINGS = {
  'cluster-enabled': 'yes',
  // A replica takes over about one second after this.
  'cluster-node-timeout': '1000',
  'cluster-allow-replica-migration': 'no',
  // Otherwise a master waits five seconds for more replicas.
  'repl-diskless-sync-delay': '0',
};

/**
 * A Redis or Valkey Cluster for one test, on free loopback ports. Needs Redis 7 or later for the setting of its bus
 * ports.
 */
export class RedisCluster {
  /** The initial masters come first. `masters()` returns the current ones. */
  readonly nodes: readonly RedisServer[];

  static isAvailable(): boolean {
    return RedisServer.isAvailable();
  }

  /** Resolves when every node serves and every replica has the data of its master. */
  static start({ masters = 3, replicas_each = 1, settings = {} }: RedisClusterOptions = {}): Promise<RedisCluster> {
    const count = masters * (1 + replicas_each);
    return onFreePorts(2 * count, async (ports) => {
      const buses = ports.slice(count);
      const starts = await Promise.allSettled(
        ports.slice(0, count).map((port, index) => {
          const own = { ...SETTINGS, ...settings, 'cluster-port': String(buses[index]) };
          return RedisServer.start({ port, settings: own });
        }),
      );
      const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
      const cluster = new RedisCluster(nodes);
      try {
        const failed = starts.find((start) => start.status === 'rejected');
        if (failed) throw failed.reason;
        await form(nodes, buses, masters);
        return cluster;
      } catch (error) {
        await cluster.stop();
        throw error;
      }
    });
  }

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  /** The URL of the first running node; clients find the others through it. */
  get url(): string {
    const node = this.nodes.find(({ isRunning }) => isRunning) ?? this.nodes[0];
    return `${node?.url}?cluster=true`;
  }

  /** The current masters, in the order of their slots. */
  async masters(): Promise<readonly RedisServer[]> {
    const entries = (await this.#entries()).filter(({ isMaster, hasFailed }) => isMaster && !hasFailed);
    return entries
      .toSorted((a, b) => a.firstSlot - b.firstSlot)
      .flatMap(({ port }) => this.nodes.filter((node) => node.port === port));
  }

  /** Kills one of `masters()` and returns it. One of its replicas takes over within about two seconds. */
  async killMaster(index: number): Promise<RedisServer> {
    const master = (await this.masters())[index];
    if (!master) throw new Error(`The cluster has no master with index ${index}.`);
    await master.kill();
    return master;
  }

  /**
   * Resolves when all running nodes report that every slot is served, and all replicas have the data of their masters.
   */
  async whenReady(): Promise<void> {
    const nodes = this.nodes.filter(({ isRunning }) => isRunning);
    await withConnections(nodes, async (commands) => {
      await until(async () => (await Promise.all(commands.map(isReady))).every(Boolean));
    });
  }

  /** Stops all nodes for good. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }

  #entries(): Promise<readonly ClusterNode[]> {
    const node = this.nodes.find(({ isRunning }) => isRunning);
    if (!node) throw new Error('No node of the cluster runs.');
    return withConnections([node], async ([command]) => (command ? nodesOf(command) : []));
  }
}

/** Faster than `redis-cli --cluster create`, which waits whole seconds between its steps. */
async function form(nodes: readonly RedisServer[], buses: readonly number[], masters: number): Promise<void> {
  await withConnections(nodes, async (commands) => {
    const ids = await Promise.all(commands.map(async (command) => String(await command('CLUSTER', 'MYID'))));
    for (const [index, command] of commands.entries()) {
      await command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      if (index >= masters) continue;
      const [first, after] = [index, index + 1].map((n) => Math.floor((n * SLOTS) / masters));
      await command('CLUSTER', 'ADDSLOTSRANGE', String(first), String((after ?? 0) - 1));
    }
    for (const [from, command] of commands.entries()) {
      for (const [to, { port }] of nodes.entries()) {
        if (to > from) await command('CLUSTER', 'MEET', '127.0.0.1', String(port), String(buses[to]));
      }
    }
    await until(async () => {
      const known = await Promise.all(commands.map(nodesOf));
      return known.every((entries) => ids.every((id) => entries.some((entry) => entry.id === id)));
    });
    for (const [index, command] of commands.entries()) {
      if (index >= masters) await command('CLUSTER', 'REPLICATE', ids[index % masters] ?? '');
    }
    await until(async () => {
      const known = await Promise.all(commands.map(nodesOf));
      const isAgreed = known.every((entries) => entries.filter(({ isMaster }) => isMaster).length === masters);
      return isAgreed && (await Promise.all(commands.map(isReady))).every(Boolean);
    });
  });
}

async function isReady(command: Command): Promise<boolean> {
  const cluster = String(await command('CLUSTER', 'INFO'));
  const replication = String(await command('INFO', 'replication'));
  const isSynced = /role:master/.test(replication) || /master_link_status:up/.test(replication);
  return isSynced && /cluster_state:ok/.test(cluster) && cluster.includes(`cluster_slots_ok:${SLOTS}`);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = AbortSignal.timeout(FORMED_WITHIN_MS);
  while (!(await condition())) {
    if (end.aborted) throw new Error(`The cluster was not ready within ${FORMED_WITHIN_MS} ms.`);
    await delay(POLL_MS);
  }
}
