import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spread } from './report/spread.ts';

/** The properties of the machine that the results depend on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  /** Null if the original is not installed. */
  readonly node_of_original: string | null;
  /** Time of a 4 KiB write and a flush in the folder of the SQLite file: the disk's part of a durable write. */
  readonly fsync_us: { readonly median: number; readonly max: number };
  /** Whether the SQLite file is in memory. Then a flush costs nothing and the results of SQLite have no meaning. */
  readonly disk_is_memory: boolean;
}

const FLUSHES = 200;
const PAGE_BYTES = 4_096;
const TMPFS_MAGIC = 0x01021994;

export function machine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    node_of_original: nodeOfOriginal(),
    fsync_us: fsyncTime(folder),
    disk_is_memory: statfsSync(folder).type === TMPFS_MAGIC,
  };
}

export function describe(facts: Machine): string {
  const { cpu, cores, memory_gib, system, node, node_of_original, fsync_us, disk_is_memory } = facts;
  return [
    `- ${cores} cores of ${cpu}, ${memory_gib} GiB, ${system}`,
    `- Node ${node.slice(1)}; the original on Node ${node_of_original?.slice(1) ?? '(not installed)'}`,
    `- 4 KiB and a flush to the disk: ${fsync_us.median} µs (median of ${FLUSHES}; slowest ${fsync_us.max} µs)`,
    ...(disk_is_memory ? ['- **The SQLite file was in memory**: set TMPDIR to a folder on a disk.'] : []),
  ].join('\n');
}

function nodeOfOriginal(): string | null {
  const node = fileURLToPath(new URL('original/node_modules/.bin/node', import.meta.url));
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 }).trim();
  } catch {
    return null;
  }
}

function fsyncTime(folder: string): Machine['fsync_us'] {
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const file = openSync(join(folder, 'fsync'), 'w');
  const times = Array.from({ length: FLUSHES }, (_, index) => {
    const start = performance.now();
    writeSync(file, page, 0, PAGE_BYTES, index * PAGE_BYTES);
    fsyncSync(file);
    return Math.round((performance.now() - start) * 1000);
  });
  closeSync(file);
  const { median = 0, max = 0 } = spread(times) ?? {};
  return { median, max };
}
