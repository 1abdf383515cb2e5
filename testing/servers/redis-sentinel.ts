import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addedFor } from '../stores/least-rights.ts';
import { findBinary } from './server-binary.ts';
import { ServerProcess } from './server-process.ts';

/** Starts a sentinel that watches the master `sessions`. The user and password `watcher` may do everything there. */
export function startSentinel(folder: string, port: number, master_port: number): Promise<ServerProcess> {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `sentinel monitor sessions 127.0.0.1 ${master_port} 1`,
    'sentinel down-after-milliseconds sessions 500',
    'sentinel failover-timeout sessions 3000',
    // The rights that docs/least-rights.md lists for sentinels.
    `user default on nopass resetkeys resetchannels -@all ${addedFor('`sentinel=`').join(' ')}`,
    'user watcher on >watcher +@all',
  ];
  writeFileSync(join(folder, 'sentinel.conf'), `${lines.join('\n')}\n`);
  const binary = findBinary('redis-server') ?? findBinary('valkey-server') ?? '';
  const args = ['sentinel.conf', '--sentinel'];
  return ServerProcess.start({ binary, args, folder, account: null, ready: /\+monitor/ });
}
