import { fileURLToPath } from 'node:url';
import { onFreePorts } from '../servers/free-port.ts';
import { Command } from '../service/command.ts';

const MAIN = fileURLToPath(new URL('../../packages/service/src/main.ts', import.meta.url));
const SETTINGS = { SESSIONS_CALLER_SHARE: '100' };

/** A node of the service, in a process of its own, that starts again on the same port. */
export class ServiceNode {
  readonly port: number;
  readonly url: string;
  readonly #store: string;
  #command: Command;

  private constructor(port: number, store: string, command: Command) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#store = store;
    this.#command = command;
  }

  static start(store: string): Promise<ServiceNode> {
    return onFreePorts(1, async ([port = 0]) => new ServiceNode(port, store, await commandOn(port, store)));
  }

  /** Stops the node as an orchestrator does, and starts it again. Returns the exit code. */
  async restart(): Promise<number | null> {
    this.#command.process.kill('SIGTERM');
    const code = await this.#command.exit;
    this.#command = await commandOn(this.port, this.#store);
    return code;
  }

  /** Resolves when the node has logged a request with this correlation id since its last start. */
  async hasServed(correlation_id: string): Promise<void> {
    await this.#command.logged((line) => line.correlation_id === correlation_id);
  }

  async kill(): Promise<void> {
    await this.#command.kill();
  }
}

async function commandOn(port: number, store: string): Promise<Command> {
  const env = { ...SETTINGS, SESSIONS_STORE: store, SESSIONS_PORT: String(port) };
  const command = new Command(MAIN, [], { cwd: import.meta.dirname, env });
  await command.started();
  return command;
}
