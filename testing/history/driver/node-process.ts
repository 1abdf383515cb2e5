import { type ChildProcess, fork } from 'node:child_process';
import type { Call, ClockSetting, FromNode, NodeEvent, NodeSettings, ToNode } from '../node/protocol.ts';

const MAIN = new URL('../node/main.ts', import.meta.url);
const READY_WITHIN_MS = 30_000;
const REST_WITHIN_MS = 30_000;

export interface NodeListener {
  readonly events: (events: readonly NodeEvent[], until: number) => void;
  readonly ended: () => void;
}

/** The driver's side of one node process. */
export class NodeProcess {
  readonly number: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #calls: Call[] = [];
  #resting: (() => void) | null = null;
  #isRunning = true;

  /** Resolves when the node serves; rejects if it ends before. */
  static async start(settings: NodeSettings, listener: NodeListener): Promise<NodeProcess> {
    const node = new NodeProcess(settings, listener);
    await node.#ready;
    return node;
  }

  readonly #ready: Promise<void>;

  private constructor(settings: NodeSettings, listener: NodeListener) {
    this.number = settings.number;
    this.#child = fork(MAIN, [JSON.stringify(settings)], {
      execArgv: ['--conditions=source', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exited = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => ready.reject(new Error(`A node did not start within ${READY_WITHIN_MS} ms.`)),
      READY_WITHIN_MS,
    );
    this.#exited = exited.promise;
    this.#ready = ready.promise.finally(() => clearTimeout(timer));
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#child.on('error', () => {});
    this.#child.once('exit', () => {
      process.off('exit', kill);
      this.#isRunning = false;
      ready.reject(new Error('A node process ended before it was ready.'));
      this.#resting?.();
      listener.ended();
      exited.resolve();
    });
    this.#child.on('message', (message: FromNode) => {
      if (message.type === 'events') listener.events(message.events, message.until);
      else if (message.type === 'ready') ready.resolve();
      else if (message.type === 'failed') ready.reject(new Error(`A node did not start: ${message.message}`));
      else this.#resting?.();
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The calls of one turn of the event loop are sent together. */
  call(call: Call): void {
    if (this.#calls.length === 0) setImmediate(() => this.#flush());
    this.#calls.push(call);
  }

  setClock(clock: ClockSetting): void {
    this.#send({ type: 'clock', clock });
  }

  /** Resolves when the node's clock stands still. */
  async rest(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`A node did not come to rest within ${REST_WITHIN_MS} ms.`)),
      REST_WITHIN_MS,
    );
    this.#resting = resolve;
    this.#send({ type: 'rest' });
    await promise.finally(() => clearTimeout(timer));
    this.#resting = null;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #flush(): void {
    const calls = this.#calls;
    this.#calls = [];
    this.#send({ type: 'calls', calls });
  }

  #send(message: ToNode): void {
    if (this.#isRunning && this.#child.connected) this.#child.send(message, () => {});
  }
}
