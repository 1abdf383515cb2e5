import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { assertSafeToServe } from '../../../../config/checks.ts';
import type { Config } from '../../../../config/config.ts';
import { openNotice } from '../../../../config/open-notice.ts';
import { readTls } from '../../../../config/tls.ts';
import { isLoopback } from '../../../../http/loopback.ts';
import type { Examination } from '../examination.ts';
import type { Probes } from '../probes.ts';
import { foundValidity } from './certificate.ts';

/** The first version of Node that the service runs with. */
const NODE_MIN = 24;
/** Files that a process has open beside its connections: the store, libraries, the log. */
const OTHER_FILES = 100;
const OF_OTHERS = 0o004;

interface SettingsToExamine {
  readonly config: Config;
  /** The YAML file, if there is one. */
  readonly file: string | undefined;
  readonly now: number;
  readonly probes: Probes;
}

/** Checks the settings, the files that they name, and the limits of the process. */
export async function examineSettings(
  examination: Examination,
  { config, file, now, probes }: SettingsToExamine,
): Promise<void> {
  await examination.check('the settings', () => checkSettings(examination, config));
  await examination.check('the files of the settings', () => checkFiles(examination, config, file));
  if (config.tls_cert !== null) {
    const { tls_cert } = config;
    await examination.check('the TLS certificate of the settings', () => {
      foundValidity(examination, `The certificate in ${tls_cert}`, new X509Certificate(readFileSync(tls_cert)), now);
    });
  }
  await examination.check('the limits of the process', () => checkProcess(examination, config, probes));
}

function checkSettings(examination: Examination, config: Config): void {
  for (const assert of [assertSafeToServe, readTls]) {
    try {
      assert(config);
    } catch (error) {
      examination.found('SETTINGS_INVALID', (error as Error).message);
    }
  }
  const { host, tls_key, sweep_interval, retention } = config;
  const notice = openNotice(config);
  const hasAccess = config.auth === 'none' || config.api_keys.length > 0;
  if (!isLoopback(host) && notice !== null && hasAccess) {
    examination.found('OPEN_TO_NETWORK', `The service listens on ${host}. ${notice}`);
  }
  if (!isLoopback(host) && tls_key === null) {
    examination.found('PLAIN_HTTP_TO_NETWORK', `The service listens on ${host} without TLS.`);
  }
  if (sweep_interval === 0) examination.found('SWEEP_OFF', 'SESSIONS_SWEEP_INTERVAL is 0.');
  if (retention === 0) examination.found('RETENTION_UNLIMITED', 'SESSIONS_RETENTION is 0.');
}

function checkFiles(examination: Examination, config: Config, file: string | undefined): void {
  if (file !== undefined && hasSecrets(config) && isReadableByOthers(file)) {
    examination.found('CONFIG_FILE_READABLE', `${file} has secrets and the mode ${modeOf(file)}.`);
  }
  const { tls_key } = config;
  if (tls_key !== null && isReadableByOthers(tls_key)) {
    examination.found('TLS_KEY_READABLE', `${tls_key} has the mode ${modeOf(tls_key)}.`);
  }
}

function hasSecrets({ api_keys, metrics_token, store }: Config): boolean {
  return api_keys.length > 0 || metrics_token !== null || /:[^/@]+@/.test(store);
}

function isReadableByOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OF_OTHERS) !== 0;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8).padStart(4, '0');
}

function checkProcess(examination: Examination, { connections_max }: Config, probes: Probes): void {
  if (Number.parseInt(probes.nodeVersion, 10) < NODE_MIN) {
    examination.found('NODE_TOO_OLD', `This is Node ${probes.nodeVersion}; the service needs ${NODE_MIN} or later.`);
  }
  const max = probes.openFilesMax();
  if (max === null || max >= connections_max + OTHER_FILES) return;
  const limits = `may have ${max} files open, and SESSIONS_CONNECTIONS_MAX is ${connections_max}`;
  examination.found('OPEN_FILES_LIMIT_LOW', `A process that is started like this one ${limits}.`);
}
