import { type Config, loadConfig } from '../../../config/config.ts';
import { FILE_VARIABLE } from '../../../config/sources.ts';
import { SessionsError } from '../../../domain/errors.ts';
import { CommandError, EXIT_CODES } from '../command-error.ts';
import { baseOf } from '../connection/remote-connection.ts';
import type { OperatorContext } from '../context.ts';
import type { ConnectionFlags, OutputFlags } from '../parameters.ts';
import { examineAudit } from './checks/audit.ts';
import { examineService } from './checks/service/service.ts';
import { examineSettings } from './checks/settings.ts';
import { CannotCheck, Examination } from './examination.ts';
import { summaryOf, writeReport } from './report.ts';
import { examineStore } from './store-examination.ts';

/** The time for all checks. */
const DEADLINE_MS = 60_000;

/**
 * Runs `pip-sessions doctor`. It checks the settings and the store; with `--url` a running service; with `--url` and
 * `--store` or `--config` all of them. Throws a `CommandError` if there is an error or a warning, or if a check could not
 * be made.
 */
export async function doctor(this: OperatorContext, flags: ConnectionFlags & OutputFlags): Promise<void> {
  const { url, key, store, config } = flags;
  const interruption = this.interruption();
  const examination = new Examination(AbortSignal.any([interruption, AbortSignal.timeout(DEADLINE_MS)]));
  const base = url === undefined ? null : baseOf(url);
  if (base === null || store !== undefined || config !== undefined) {
    await examineHere(this, examination, { store, config });
  }
  if (base !== null) {
    const service = { base, key: key ?? (this.env.SESSIONS_KEY || null) };
    await examineService(examination, service, this.clock);
  }
  await writeReport(this, examination, flags.json);
  assertHealthy(examination, interruption.aborted);
  if (!flags.json) this.say(`Found ${summaryOf(examination.findings)} in ${examination.made} checks.`);
}

/** Checks the settings of the environment or of a file, and the store that they or `--store` name. */
async function examineHere(
  { env, clock, probes }: OperatorContext,
  examination: Examination,
  { store, config: file }: Pick<ConnectionFlags, 'store' | 'config'>,
): Promise<void> {
  let config: Config | null = null;
  try {
    config = loadConfig(env, file);
  } catch (error) {
    if (!(error instanceof SessionsError)) throw error;
    examination.found('SETTINGS_INVALID', error.message.replaceAll(/\n\s*/g, ' '));
  }
  if (config !== null) {
    await examineSettings(examination, { config, file: file ?? env[FILE_VARIABLE], now: clock.now(), probes });
    await examineAudit(examination, config.audit, probes);
  }
  const url = store ?? config?.store;
  if (url === undefined) {
    examination.cannot('the store', new CannotCheck('The settings are invalid. Use --store.'));
  } else {
    await examineStore(examination, url, { clock, probes }).catch((error: unknown) => {
      const isOfSettings = store === undefined && error instanceof SessionsError && error.code === 'INVALID_CONFIG';
      if (!isOfSettings) throw error;
      examination.found('SETTINGS_INVALID', error.message);
    });
  }
}

function assertHealthy({ findings, unchecked }: Examination, isInterrupted: boolean): void {
  if (isInterrupted) throw new CommandError('The command was interrupted.', EXIT_CODES.interrupted);
  if (findings.some(({ severity }) => severity !== 'note')) {
    throw new CommandError(`Found ${summaryOf(findings)}. docs/doctor.md explains each code.`);
  }
  if (unchecked.length === 0) return;
  const count = unchecked.length === 1 ? '1 check was' : `${unchecked.length} checks were`;
  throw new CommandError(`Nothing is known to be wrong, but ${count} not made.`, EXIT_CODES.unchecked);
}
