import type { SessionsError } from '../domain/errors.ts';
import { isLoopback } from '../http/loopback.ts';
import { isSharedStore, withoutPassword } from '../stores/shared/store-url.ts';
import { requiresKeys } from './key-file.ts';
import { ConfigProblems } from './problems.ts';
import type { Config } from './settings.ts';
import { variableOf } from './sources.ts';
import { invalidConfig } from './values.ts';

/** Throws `INVALID_CONFIG` for settings that contradict each other. */
export function assertConsistent(config: Config): void {
  const problems = new ConfigProblems();
  problems.try(() => assertAtMost(config, 'idle_timeout', 'idle_timeout_max'));
  problems.try(() => assertAtMost(config, 'value_limit', 'body_limit'));
  problems.try(() => assertSharedByWorkers(config));
  problems.try(() => assertTls(config));
  problems.throwIfAny();
}

function assertTls({ tls_key, tls_cert, tls_ca }: Config): void {
  if ((tls_key === null) !== (tls_cert === null)) {
    const [there, missing] = tls_key === null ? (['cert', 'key'] as const) : (['key', 'cert'] as const);
    throw invalid(`tls_${missing}`, `is missing: TLS needs it together with ${variableOf(`tls_${there}`)}`);
  }
  if (tls_ca !== null && tls_key === null) {
    throw invalid(
      'tls_ca',
      `needs ${variableOf('tls_key')} and ${variableOf('tls_cert')}: without TLS it protects nothing`,
    );
  }
}

/**
 * Throws `INVALID_CONFIG` for a service that anyone could call by mistake. Such a service listens beyond loopback and
 * has no keys, and the operator has not confirmed this. Also throws for a service that has keys but would not check
 * them.
 */
export function assertSafeToServe({
  host,
  auth,
  ...keys
}: Pick<Config, 'host' | 'auth' | 'api_keys' | 'api_keys_file'>): void {
  if (auth === 'none' && requiresKeys(keys)) {
    const variable = variableOf(keys.api_keys.length > 0 ? 'api_keys' : 'api_keys_file');
    throw invalid('auth', `is none, but ${variable} has keys, which would not be checked: remove one of the two`);
  }
  if (auth === 'none' || requiresKeys(keys) || isLoopback(host)) return;
  throw invalid(
    'host',
    `is ${host}, which other machines may reach, but no API key is set. Make a key with ` +
      '"pip-sessions key --name <name> --scope <scope>" and add the line that it prints to ' +
      `${variableOf('api_keys')}; ` +
      `or set ${variableOf('auth')}=none, if everyone in the network may read and end sessions`,
  );
}

function assertSharedByWorkers({ workers, store }: Config): void {
  if (workers === 1 || isSharedStore(store)) return;
  const url = withoutPassword(store);
  const problem = `is ${workers}, but ${variableOf('store')} is ${url}, which only one process can use`;
  throw invalid('workers', `${problem}: set it to 1, or use a postgres: or redis: store`);
}

function assertAtMost(config: Config, small: NumericKey, large: NumericKey): void {
  if (config[small] <= config[large]) return;
  const problem = `is ${config[small]}; it must be at most ${variableOf(large)}, which is ${config[large]}`;
  throw invalid(small, problem);
}

type NumericKey = 'idle_timeout' | 'idle_timeout_max' | 'value_limit' | 'body_limit';

function invalid(key: keyof Config, problem: string): SessionsError {
  return invalidConfig(`${variableOf(key)} ${problem}.`, variableOf(key));
}
