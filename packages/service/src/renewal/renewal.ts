import { X509Certificate } from 'node:crypto';
import { readApiKeys } from '../config/key-file.ts';
import type { Config } from '../config/settings.ts';
import { readTls } from '../config/tls.ts';
import { SessionsError } from '../domain/errors.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { ApiKeys, KeyChanges } from '../http/authentication/api-keys.ts';
import type { Tls } from '../http/node-server.ts';
import type { AuditLog } from '../observability/audit/audit-log.ts';
import type { Logger } from '../observability/log.ts';
import { FileWatch } from './file-watch.ts';

export interface RenewalOptions {
  readonly config: Pick<Config, 'tls_key' | 'tls_cert' | 'tls_ca' | 'api_keys' | 'api_keys_file'>;
  /** The TLS files as the server has them; undefined without TLS. */
  readonly tls: Tls | undefined;
  /** New connections use the certificate from now on. */
  readonly useTls: (tls: Tls) => void;
  /** The keys of the service, which are replaced; null if it requires none. */
  readonly keys: ApiKeys | null;
  /** Called after keys were replaced. */
  readonly keysRenewed: (changes: KeyChanges) => void;
  readonly log: Logger;
  readonly audit: AuditLog | null;
}

/**
 * Reads the files of TLS and of API keys again, when they change or when the operator requests it. A file that cannot
 * be used changes nothing.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #watches: readonly FileWatch[];
  #tls: Tls | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#tls = options.tls;
    const { tls_key, tls_cert, tls_ca, api_keys_file } = options.config;
    const tls_files = options.tls ? [tls_key, tls_cert, tls_ca].filter((file) => file !== null) : [];
    this.#watches = [
      ...(tls_files.length > 0 ? [new FileWatch(tls_files, () => this.#renewTls())] : []),
      ...(api_keys_file === null ? [] : [new FileWatch([api_keys_file], () => this.#renewKeys())]),
    ];
  }

  /** Watches the files from now on. Resolves after the first look at them. */
  async start(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.start()));
    // The files may have changed since they were read for the start.
    if (this.#watches.length > 0) this.renew();
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  /** Reads all files now. */
  renew(): void {
    this.#renewTls();
    this.#renewKeys();
  }

  #renewTls(): void {
    const { config, useTls, log, audit } = this.#options;
    const before = this.#tls;
    if (before === undefined) return;
    this.#attempt('tls', () => {
      const tls = readTls(config);
      if (tls === undefined || (tls.key === before.key && tls.cert === before.cert && tls.ca === before.ca)) return;
      useTls(tls);
      this.#tls = tls;
      const { validTo, fingerprint256 } = new X509Certificate(tls.cert);
      const about = { valid_until: isoTime(Date.parse(validTo)), fingerprint: fingerprint256 };
      log.info({ event: 'tls_renewed', ...about, msg: 'new connections use the new certificate' });
      audit?.write('tls_renewed', about);
    });
  }

  #renewKeys(): void {
    const { config, keys, keysRenewed, log, audit } = this.#options;
    if (keys === null || config.api_keys_file === null) return;
    this.#attempt('keys', () => {
      const changes = keys.replace(readApiKeys(config));
      if (Object.values(changes).every((names) => names.length === 0)) return;
      keysRenewed(changes);
      log.info({ event: 'keys_renewed', ...changes, msg: 'the API keys were read again' });
      audit?.write('keys_renewed', { ...changes });
    });
  }

  #attempt(what: 'tls' | 'keys', work: () => void): void {
    try {
      work();
    } catch (error) {
      const isKnown = error instanceof SessionsError;
      const why = isKnown ? { setting: error.details?.setting, reason: error.message } : { err: error };
      const old = what === 'tls' ? 'certificate stays in use' : 'API keys stay in use';
      this.#options.log.error({ event: `${what}_not_renewed`, ...why, msg: `a file cannot be used: the old ${old}` });
    }
  }
}
