import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command, from the sources. */
export const SOURCES = fileURLToPath(new URL('../packages/service/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 10_000;

/** The real service in its own process, on a store that outlives it. */
export class ServiceProcess {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  #logged_bytes = 0;

  private constructor(child: ChildProcess, pid: number, url: string) {
    this.#child = child;
    this.pid = pid;
    this.port = Number(new URL(url).port);
    this.url = url;
    // The log is counted and discarded, because a full pipe must not block the service.
    child.stdout?.on('data', (piece: Buffer) => {
      this.#logged_bytes += piece.length;
    });
    child.stdout?.resume();
  }

  /** Bytes that it has written to its log since the start. */
  get logged_bytes(): number {
    return this.#logged_bytes;
  }

  static async start(store: string, main = SOURCES, settings: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, SESSIONS_STORE: store, SESSIONS_PORT: '0', ...settings };
    const args = main === SOURCES ? ['--conditions=source', main] : [main];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const timer = setTimeout(kill, START_TIMEOUT_MS);
    const url = await startedUrl(child);
    clearTimeout(timer);
    if (url === null || child.pid === undefined) throw new Error(`the service did not start on ${store}`);
    return new ServiceProcess(child, child.pid, url);
  }

  /** `kill -9`: the process gets no chance to finish anything. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** An orderly end. The code that V8 compiled is then on the disk for the next start. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
    this.#child.kill(signal);
    await ended;
  }
}

/** The URL in its log line; null if the process ends without it. */
async function startedUrl(child: ChildProcess): Promise<string | null> {
  const { stdout } = child;
  if (!stdout) return null;
  const lines = createInterface({ input: stdout });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  lines.on('line', (line) => {
    if (line.includes('"msg":"started"')) resolve((JSON.parse(line) as { url: string }).url);
  });
  lines.once('close', () => resolve(null));
  const url = await promise;
  lines.close();
  return url;
}
