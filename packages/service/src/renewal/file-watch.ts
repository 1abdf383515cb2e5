import { stat } from 'node:fs/promises';

const INTERVAL_MS = 2_000;
const MISSING = 'missing';

/**
 * Calls `changed` after files have changed: written, replaced or removed, also behind symbolic links, as Kubernetes
 * replaces the files of a secret. The files are looked at every 2 seconds, because notifications of the system miss
 * replaced links and network file systems.
 *
 * A change is reported when the files are the same in two looks, so that several files can be replaced one after the
 * other. It is reported once.
 */
export class FileWatch {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  #reported: string | null = null;
  #latest = '';
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.look(), INTERVAL_MS).unref();
    await this.look();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Looks at the files. A file system that does not respond delays the next look. */
  look(): Promise<void> {
    this.#looking ??= this.#compare().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #compare(): Promise<void> {
    const state = (await Promise.all(this.#paths.map(stateOf))).join('\n');
    const isSettled = state === this.#latest;
    this.#latest = state;
    this.#reported ??= state;
    if (!isSettled || state === this.#reported) return;
    this.#reported = state;
    this.#changed();
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return MISSING;
  }
}
