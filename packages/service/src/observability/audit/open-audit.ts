import { SessionsError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { AuditFile } from './audit-file.ts';
import { NO_LINE } from './audit-line.ts';
import type { AuditTarget } from './audit-log.ts';
import { AuditLog } from './audit-log.ts';

/** The standard output of the process, through the log of the service. */
function standardOutput(write: (line: string) => void): AuditTarget {
  return { lastHash: () => NO_LINE, append: (line) => write(`${line}\n`), close: () => {} };
}

/**
 * Opens the audit log of a setting: `stdout` or `file:<path>`. Throws `INVALID_CONFIG` for a file that cannot be opened.
 */
export function openAudit(
  setting: string,
  clock: Clock,
  { write, onFault }: { readonly write: (line: string) => void; readonly onFault: (error: unknown) => void },
): AuditLog {
  try {
    const target = setting === 'stdout' ? standardOutput(write) : new AuditFile(setting.slice('file:'.length));
    return new AuditLog(target, clock, onFault);
  } catch (cause) {
    throw new SessionsError('INVALID_CONFIG', `SESSIONS_AUDIT: ${setting} cannot be opened: ${cause}.`, { cause });
  }
}
