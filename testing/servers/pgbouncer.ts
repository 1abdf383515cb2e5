import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts } from './free-port.ts';
import { findBinary, IS_CI, plainAccount } from './server-binary.ts';
import { privateFolder, removeFolder, ServerProcess } from './server-process.ts';

const GET_IT = 'PgBouncer is missing: install it with "apt-get install pgbouncer" or "brew install pgbouncer".';

/** PgBouncer in front of a PostgreSQL server for one test, on a free loopback port, for every database and user. */
export class PgBouncer {
  readonly port: number;
  readonly #folder: string;
  readonly #process: ServerProcess;

  /** The program that the machine lacks; null if nothing is missing, or where no test may be skipped. */
  static missing(): string | null {
    return IS_CI || findPgBouncer() !== null ? null : 'no PgBouncer on this machine';
  }

  static start(server_port: number, pool_mode: 'session' | 'transaction'): Promise<PgBouncer> {
    const binary = findPgBouncer();
    if (binary === null) throw new Error(GET_IT);
    const account = plainAccount();
    return onFreePorts(1, async ([port = 0]) => {
      const folder = privateFolder('pgbouncer', account);
      const file = join(folder, 'pgbouncer.ini');
      const lines = [
        '[databases]',
        `* = host=127.0.0.1 port=${server_port} user=postgres`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = any',
        `pool_mode = ${pool_mode}`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      if (account) chownSync(file, account.uid, account.gid);
      const ready = /process up/;
      const started = await ServerProcess.start({ binary, args: [file], folder, account, ready });
      return new PgBouncer(port, folder, started);
    });
  }

  private constructor(port: number, folder: string, started: ServerProcess) {
    this.port = port;
    this.#folder = folder;
    this.#process = started;
  }

  async remove(): Promise<void> {
    await this.#process.stop('SIGKILL');
    removeFolder(this.#folder);
  }
}

function findPgBouncer(): string | null {
  return findBinary('pgbouncer', ['/usr/sbin', '/usr/local/sbin']);
}
