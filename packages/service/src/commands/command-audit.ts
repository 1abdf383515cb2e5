import { userInfo } from 'node:os';
import type { Audit } from '../api/audit.ts';
import type { Config } from '../config/config.ts';
import type { SessionStore } from '../domain/store.ts';
import { type Clock, systemClock } from '../domain/time/clock.ts';
import { openAudit } from '../observability/audit/open-audit.ts';
import { withoutPassword } from '../stores/shared/store-url.ts';
import { say } from '../transfer/output.ts';
import { withStore } from '../transfer/transfer-store.ts';

export interface CommandAudit extends Audit {
  readonly close: () => void;
}

/**
 * Opens the audit log of the settings for a command that works on the store itself. Its lines have the account of the
 * operating system instead of an API key. If the setting is `stdout`, they go to `say`, because the standard output of
 * a command is its result. Returns null without an audit log. Throws `INVALID_CONFIG` if it cannot be opened.
 */
export function commandAudit({ audit }: Config, clock: Clock, say: (line: string) => void): CommandAudit | null {
  if (audit === null) return null;
  const log = openAudit(audit, clock, {
    write: (text) => say(text.trimEnd()),
    onFault: (error) => say(`The audit log cannot be written: ${error}`),
  });
  const { username: os_user } = userInfo();
  return {
    assertWritable: () => log.assertWritable(),
    write: (event, about) => log.write(event, { caller: null, os_user, ...about }),
    close: () => log.close(),
  };
}

/**
 * Runs `work` with the store of the settings, with a line in the audit log before it begins. Rejects with
 * `INVALID_CONFIG` for a memory store, and with `STORE_UNAVAILABLE` if the line cannot be written.
 */
export function withAuditedStore<T>(
  config: Config,
  event: 'store_exported' | 'store_imported',
  work: (store: SessionStore) => Promise<T>,
): Promise<T> {
  return withStore(config, async (store) => {
    const audit = commandAudit(config, systemClock(), say);
    try {
      audit?.write(event, { store: withoutPassword(config.store) });
      audit?.assertWritable();
      return await work(store);
    } finally {
      audit?.close();
    }
  });
}
