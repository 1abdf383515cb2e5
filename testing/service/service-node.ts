import { fileURLToPath } from 'node:url';
import { onFreePorts } from '../servers/free-port.ts';
import { Command } from './command.ts';

const MAIN = fileURLToPath(new URL('../../packages/service/src/main.ts', import.meta.url));

/** Variables of the command's environment, by their names. */
type Settings = Readonly<Record<string, string>>;

/** A node of the service, in a process of its own, that starts again on the same port. */
export class ServiceNode {
  readonly port: number;
  readonly url: string;
  readonly #settings: Settings;
  #command: Command;

  private constructor(port: number, settings: Settings, command: Command) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#settings = settings;
    this.#command = command;
  }

  static start(store: string, settings: Settings = {}): Promise<ServiceNode> {
    const all = { ...settings, SESSIONS_STORE: store };
    return onFreePorts(1, async ([port = 0]) => new ServiceNode(port, all, await commandOn(port, all)));
  }

  /** The id of the process. */
  get pid(): number {
    return this.#command.process.pid ?? 0;
  }

  /** Stops the node as an orchestrator does, and starts it again. Returns the exit code. */
  async restart(): Promise<number | null> {
    this.#command.process.kill('SIGTERM');
    const code = await this.#command.exit;
    await this.startAgain();
    return code;
  }

  /** Starts the node after `kill`. */
  async startAgain(): Promise<void> {
    this.#command = await commandOn(this.port, this.#settings);
  }

  /** Resolves when the node has logged a request with this correlation id since its last start. */
  async hasServed(correlation_id: string): Promise<void> {
    await this.#command.logged((line) => line.correlation_id === correlation_id);
  }

  async kill(): Promise<void> {
    await this.#command.kill();
  }
}

async function commandOn(port: number, settings: Settings): Promise<Command> {
  const env = { ...settings, SESSIONS_PORT: String(port) };
  const command = new Command(MAIN, [], { cwd: import.meta.dirname, env });
  await command.started();
  return command;
}
