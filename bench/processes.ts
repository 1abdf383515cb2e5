import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { HEAP_FLAGS } from './heap-flags.ts';

const STOP_TIMEOUT_MS = 5_000;

const running = new Set<Process>();

/**
 * A child process of this folder, with messages over its channel. Its standard output is discarded, because the service
 * logs there. It ends when its channel closes, so that it does not outlive this process.
 */
export class Process {
  readonly #child: ChildProcess;
  readonly #name: string;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
  }

  static start(name: string, file: URL, args: readonly string[] = []): Process {
    const execArgv = ['--conditions=source', ...HEAP_FLAGS];
    const child = fork(file, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const started = new Process(name, child);
    running.add(started);
    child.once('exit', () => running.delete(started));
    child.on('error', () => {});
    return started;
  }

  /** Resolves with the next message. Rejects if the process ends or sends none within the timeout. */
  async next<T>(timeout_ms: number): Promise<T> {
    const signal = AbortSignal.timeout(timeout_ms);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const ended = once(this.#child, 'exit', { signal: either }).then(([code, killedBy]) => {
      throw new Error(`${this.#name} ended with ${code ?? killedBy}.`);
    });
    ended.catch(() => {});
    try {
      const [message] = await Promise.race([once(this.#child, 'message', { signal: either }), ended]);
      return message as T;
    } catch (error) {
      throw signal.aborted ? new Error(`${this.#name} sent no message for ${timeout_ms / 1000} s`) : error;
    } finally {
      stop.abort();
    }
  }

  /** Sends a message and resolves with the reply. */
  async ask<T>(message: object, timeout_ms: number): Promise<T> {
    const answer = this.next<T>(timeout_ms);
    this.#child.send(message);
    return answer;
  }

  async stop(): Promise<void> {
    if (!running.has(this)) return;
    const ended = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
}

export async function stopProcesses(): Promise<void> {
  await Promise.all([...running].map((process) => process.stop()));
}
