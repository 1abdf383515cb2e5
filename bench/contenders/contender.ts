import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process } from '../processes.ts';
import type { Ready } from './ready.ts';

export const CONTENDERS = ['service-memory', 'service-sqlite', 'floor', 'original'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** One million sessions in SQLite took 60 s. The original may need three attempts. */
const READY_TIMEOUT_MS = 300_000;
const INSTALL_TIMEOUT_MS = 300_000;

/** A running contender, in its own process. */
export interface Contender {
  readonly name: ContenderName;
  /** The wanted number of sessions. `ready.preloaded` is the actual number. */
  readonly size: number;
  readonly ready: Ready;
  readonly stop: () => Promise<void>;
}

export async function startContender(
  name: ContenderName,
  size: number,
  folder: string,
  withTokens: boolean,
): Promise<Contender> {
  if (name === 'original') installOriginal();
  const own = await mkdtemp(join(folder, `${name}-`));
  const process = Process.start(name, new URL(`${name}.ts`, import.meta.url), [
    String(size),
    own,
    withTokens ? 'tokens' : '',
  ]);
  const ready = await process.next<Ready>(READY_TIMEOUT_MS);
  return { name, size, ready, stop: () => process.stop() };
}

/** The original has its own lock file and its own Node. Its packages are not part of the workspace. */
function installOriginal(): void {
  const cwd = fileURLToPath(new URL('../original/', import.meta.url));
  if (existsSync(join(cwd, 'node_modules/.bin/node'))) return;
  const { status } = spawnSync('npm', ['ci'], { cwd, stdio: 'inherit', timeout: INSTALL_TIMEOUT_MS });
  if (status !== 0) throw new Error(`npm ci in ${cwd} failed; the original cannot be measured without its packages`);
}
