import { userInfo } from 'node:os';
import type { Audit } from '../api/audit.ts';
import type { Config } from '../config/config.ts';
import type { SessionStore } from '../domain/store.ts';
import { type Clock, systemClock } from '../domain/time/clock.ts';
import type { AuditLog } from '../observability/audit/audit-log.ts';
import { openAudit } from '../observability/audit/open-audit.ts';
import { withoutPassword } from '../stores/shared/store-url.ts';
import { say } from '../transfer/output.ts';
import { withStore } from '../transfer/transfer-store.ts';

interface CommandAudit extends Audit {
  readonly close: () => void;
}

/**
 * Returns the audit log of the settings for a command that works on the store itself; null without one. Its lines have
 * the account of the operating system instead of an API key. If the setting is `stdout`, they go to `say`, because the
 * standard output of a command is its result.
 *
 * The log is opened for the first line: a command that only reads needs no access to it, and does not create its file.
 * Both methods throw `INVALID_CONFIG` if it cannot be opened.
 */
export function commandAudit({ audit }: Config, clock: Clock, say: (line: string) => void): CommandAudit | null {
  if (audit === null) return null;
  let opened: AuditLog | null = null;
  const log = () => {
    opened ??= openAudit(audit, clock, {
      write: (text) => say(text.trimEnd()),
      onFault: (error) => say(`The audit log cannot be written: ${error}`),
    });
    return opened;
  };
  return {
    assertWritable: () => log().assertWritable(),
    write: (event, about) => log().write(event, { caller: null, os_user: systemUser(), ...about }),
    close: () => opened?.close(),
  };
}

/** Returns the name of the account of this process, or its number if it has no name, as in many containers. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
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
