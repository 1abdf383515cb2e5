import { isoTime } from '../../domain/time/iso-time.ts';
import type { Logger } from '../../observability/log.ts';
import { type ApiKey, isExpired } from './api-keys.ts';

const DAY_MS = 86_400_000;
/** Timers and the clock may differ a little. */
const TOLERANCE_MS = 60_000;
/** How long before the expiry of a key the warnings begin. */
const NOTICE_DAYS = 14;

interface Options {
  readonly keys: () => readonly ApiKey[];
  readonly now: () => number;
  readonly log: Logger;
}

/** Warns of keys that have expired or will soon: at the start, and once a day for each key. */
export class ExpiryWatch {
  readonly #options: Options;
  #timer: NodeJS.Timeout | null = null;
  /** When each key had its last line, by what the line says. */
  #written: ReadonlyMap<string, number> = new Map();

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.check(), DAY_MS).unref();
    this.check();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Writes a line for each key that has expired or will soon, if it had none for a day. Call it after a renewal too. */
  check(): void {
    const { keys, now, log } = this.#options;
    const time = now();
    const written = new Map<string, number>();
    for (const key of keys()) {
      if (key.expires === null || key.expires - time > NOTICE_DAYS * DAY_MS) continue;
      const about = { key: key.name, expires: isoTime(key.expires) };
      const line = `${key.hash} ${isExpired(key, time)}`;
      const last = this.#written.get(line) ?? Number.NEGATIVE_INFINITY;
      written.set(line, Math.max(last, time - last > DAY_MS - TOLERANCE_MS ? time : last));
      if (written.get(line) === last) continue;
      if (isExpired(key, time)) {
        log.warn({ event: 'key_expired', ...about, msg: 'an API key has expired and is rejected; remove it' });
      } else {
        const days_left = Math.floor((key.expires - time) / DAY_MS);
        log.warn({ event: 'key_expires_soon', ...about, days_left, msg: 'an API key expires soon; replace it' });
      }
    }
    this.#written = written;
  }
}
