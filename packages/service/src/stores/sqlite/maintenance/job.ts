import { fork } from 'node:child_process';
import { extname } from 'node:path';

/**
 * - `quick_check`, `integrity_check`: checks of SQLite (https://www.sqlite.org/pragma.html#pragma_integrity_check). They
 *   only read, and may run while a service uses the file.
 * - `compact`: makes the file as small as its content. No service may use the file.
 */
export type JobName = 'quick_check' | 'integrity_check' | 'compact';

/** A message of the process that runs a job: its result, or the message of its error. */
export type JobMessage = { readonly problems: readonly string[] } | { readonly error: string };

/**
 * Runs a job in a process of its own: SQLite runs it as one step that only the end of the process can interrupt. SQLite
 * undoes an interrupted `compact` when the file is opened next.
 *
 * Resolves to the problems that a check has found, at most 100. Rejects when the signal is aborted, after the process
 * has ended.
 */
export function runJob(name: JobName, path: string, signal: AbortSignal): Promise<readonly string[]> {
  // The file is beside this one in the sources and in the build.
  const file = new URL(`job-process${extname(import.meta.url)}`, import.meta.url);
  const execArgv = process.execArgv.filter((option) => option.startsWith('--conditions'));
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  // The terminal sends Ctrl+C to the whole group. The child must not end before this process has decided to end it.
  const child = fork(file, [name, path], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });
  let message: JobMessage | null = null;
  child.on('message', (received: JobMessage) => {
    message = received;
  });
  child.on('error', reject);
  child.on('exit', (code, by) => {
    signal.removeEventListener('abort', stop);
    if (message !== null && 'problems' in message) resolve(message.problems);
    else if (message !== null) reject(new Error(message.error));
    else if (signal.aborted) reject(signal.reason);
    else reject(new Error(`The process of ${name} ended with ${by ?? code}.`));
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return promise;
}
