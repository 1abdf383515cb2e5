import type { FindingKind } from './finding-kind.ts';

/** Findings about Redis and Valkey. */
export const REDIS_KINDS = {
  REDIS_EVICTS: {
    severity: 'error',
    meaning: 'The server deletes sessions when its memory is full. The service does not start with it.',
    advice: 'Set `maxmemory-policy noeviction`, in redis.conf and with CONFIG SET.',
  },
  REDIS_WOULD_EVICT: {
    severity: 'note',
    meaning: 'Once `maxmemory` is set, the server would delete sessions when its memory is full.',
    advice: 'Set `maxmemory-policy noeviction` before you set `maxmemory`.',
  },
  REDIS_MEMORY_NEAR_MAX: {
    severity: 'warning',
    meaning: 'The memory of the server is almost full. At the maximum, the server rejects all writes.',
    advice: 'Raise `maxmemory`, lower `SESSIONS_RETENTION`, or divide the data over a cluster.',
  },
  REDIS_CLIENTS_NEAR_MAX: {
    severity: 'warning',
    meaning: 'The server has almost as many connections as it allows. Further nodes cannot connect.',
    advice: 'Raise `maxclients`, or find the program that opens the connections (CLIENT LIST).',
  },
  REDIS_NOT_PERSISTENT: {
    severity: 'warning',
    meaning: 'The server writes nothing to its disk. A restart of the server ends all sessions.',
    advice: 'Set `appendonly yes`, in redis.conf and with CONFIG SET.',
  },
  REDIS_SNAPSHOTS_ONLY: {
    severity: 'warning',
    meaning:
      'The server writes snapshots only. A crash loses all changes since the last one: sessions that were ended become live again.',
    advice: 'Set `appendonly yes`, in redis.conf and with CONFIG SET.',
  },
  REDIS_FLUSHES_LATE: {
    severity: 'warning',
    meaning: 'The server leaves it to the system when changes reach the disk. A crash can lose 30 seconds and more.',
    advice: 'Set `appendfsync everysec`, or `always` if no change may be lost.',
  },
  REDIS_FLUSHES_EACH_SECOND: {
    severity: 'note',
    meaning: 'A crash of the server can lose the changes of the last second.',
    advice: 'Set `appendfsync always` if no change may be lost. Writes are slower then.',
  },
  REDIS_SAVE_FAILED: {
    severity: 'error',
    meaning: 'The server could not write its data to the disk. It rejects writes (MISCONF), or would lose them.',
    advice: 'Look into the log of the server: its disk may be full, or its folder may not be writable.',
  },
  REDIS_IS_REPLICA: {
    severity: 'error',
    meaning: 'The URL leads to a replica. Nodes use masters only, so the service is not ready.',
    advice: 'Use the address of the master, or `sentinel=<name>` to follow it.',
  },
  REDIS_NO_REPLICA: {
    severity: 'note',
    meaning: 'The server has no replica. If it fails, the service stops until it is back.',
    advice: 'Add a replica and sentinels, or use a cluster, if the service must survive the loss of a server.',
  },
  REDIS_MASTER_ALONE: {
    severity: 'warning',
    meaning: 'A master of the cluster, or behind sentinels, has no connected replica. No other server can take over.',
    advice: 'Start its replica again, or add one.',
  },
  REDIS_REPLICAS_MISSING: {
    severity: 'error',
    meaning: 'The URL requires more replicas for each write than the master has. All writes fail.',
    advice: 'Start the missing replicas, or lower `replicas` in the URL.',
  },
  REDIS_TOPOLOGY_DIFFERS: {
    severity: 'error',
    meaning: 'The URL is for a cluster and the server is none, or the other way round.',
    advice: 'Add or remove `cluster=true` in the URL.',
  },
  REDIS_CLUSTER_DOWN: {
    severity: 'error',
    meaning: 'The cluster does not serve all sessions.',
    advice: 'Look at CLUSTER INFO and CLUSTER NODES; start the failed nodes again.',
  },
  REDIS_SLOTS_MISSING: {
    severity: 'error',
    meaning: 'Some slots of the cluster have no working master. The sessions in them cannot be used.',
    advice: 'Run `redis-cli --cluster check`, and `--cluster fix` if a node is lost for good.',
  },
  REDIS_VERSION_OLD: {
    severity: 'error',
    meaning: 'The server lacks commands that the service needs.',
    advice: 'Install Redis 6.2 or later, or Valkey.',
  },
  REDIS_WITHOUT_PASSWORD: {
    severity: 'warning',
    meaning:
      'The service uses a server on another machine without a password. Everyone in the network may do the same.',
    advice: 'Create a user with the rights in docs/least-rights.md, and put its name and password into the URL.',
  },
  REDIS_SHARED: {
    severity: 'note',
    meaning:
      'Other programs keep keys in the same database. Their memory, and commands such as FLUSHDB, affect sessions.',
    advice: 'Use a server of its own for sessions.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
