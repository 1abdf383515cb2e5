import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts } from '../servers/free-port.ts';
import { findBinary, IS_CI, plainAccount } from '../servers/server-binary.ts';
import { privateFolder, removeFolder, ServerProcess } from '../servers/server-process.ts';
import { type ProxyKind, proxyFiles } from './proxy-kinds.ts';

/** Debian has nginx and HAProxy in a folder for root. */
const FOLDERS = ['/usr/sbin'];

/** The program that the machine lacks for tests with a proxy; null if nothing is missing, and in CI. */
export function missingProxy({ name, program }: ProxyKind): string | null {
  return IS_CI || findBinary(program, FOLDERS) !== null ? null : `no ${name} on this machine`;
}

/** A proxy for one test, with its configuration of `deploy/`, in front of two nodes on loopback. */
export class ProxyServer {
  /** `https://127.0.0.1:<port>`, with the certificate of `testing/certificates`. */
  readonly url: string;
  readonly #process: ServerProcess;
  readonly #folder: string;

  static start(kind: ProxyKind, nodes: readonly [number, number]): Promise<ProxyServer> {
    return onFreePorts(1, ([port = 0]) => ProxyServer.#startOn(port, kind, nodes));
  }

  static async #startOn(port: number, kind: ProxyKind, nodes: readonly [number, number]): Promise<ProxyServer> {
    const binary = findBinary(kind.program, FOLDERS);
    if (binary === null) throw new Error(`${kind.name} is missing: run "apt-get install ${kind.program}".`);
    const account = plainAccount();
    const folder = privateFolder(kind.program, account);
    try {
      for (const [name, text] of Object.entries(proxyFiles(kind, { port, nodes, folder }))) {
        const path = join(folder, name);
        writeFileSync(path, text, { mode: 0o600 });
        if (account) chownSync(path, account.uid, account.gid);
      }
      const command = { binary, folder, account };
      const config = join(folder, 'config');
      await ServerProcess.start({ ...command, args: kind.check(config), ready: null });
      const process = await ServerProcess.start({ ...command, args: kind.start(config), ready: kind.ready });
      return new ProxyServer(`https://127.0.0.1:${port}`, process, folder);
    } catch (error) {
      removeFolder(folder);
      throw error;
    }
  }

  private constructor(url: string, process: ServerProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** Stops the proxy for good and removes its files. */
  async remove(): Promise<void> {
    await this.#process.stop('SIGKILL');
    removeFolder(this.#folder);
  }
}
