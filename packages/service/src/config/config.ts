import { assertConsistent } from './checks.ts';
import { nearest } from './nearest.ts';
import { ConfigProblems } from './problems.ts';
import { type Config, SETTINGS } from './settings.ts';
import { FILE_VARIABLE, type Given, givenSettings, variableOf } from './sources.ts';
import { invalidConfig } from './values.ts';

export type { Config };

const KEYS = Object.keys(SETTINGS) as readonly (keyof Config)[];

/**
 * Reads the configuration. The environment overrides the YAML file, which overrides the defaults. Throws
 * `INVALID_CONFIG`, which names each setting that is unknown or has a bad value, or the settings that contradict each
 * other.
 *
 * @example
 * import { loadConfig } from '@pip-sessions/service';
 *
 * const config = loadConfig(process.env, 'sessions.yml');
 */
export function loadConfig(env: NodeJS.ProcessEnv, file: string | undefined = env[FILE_VARIABLE]): Config {
  const inputs = new Map<keyof Config, Given>();
  const problems = new ConfigProblems();
  for (const given of givenSettings(env, file)) problems.try(() => inputs.set(keyOf(given), given));
  const settings = KEYS.map((key) => [key, problems.try(() => settingOf(key, inputs.get(key)))]);
  problems.throwIfAny();
  const config = Object.freeze(Object.fromEntries(settings)) as unknown as Config;
  assertConsistent(config);
  return config;
}

/** Returns each setting with its meaning and its default, for `--help` and for the README. */
export function configHelp(): { readonly variable: string; readonly help: string; readonly value: string }[] {
  return KEYS.map((key) => {
    const { help, value } = SETTINGS[key];
    return { variable: variableOf(key), help, value: String(value ?? '') || 'none' };
  });
}

function keyOf({ name, from }: Given): keyof Config {
  const key = KEYS.find((known) => known === name);
  if (key) return key;
  const meant = nearest(name, KEYS);
  const hint = meant === null ? '' : ` Did you mean ${from.startsWith(name) ? meant : variableOf(meant)}?`;
  throw invalidConfig(`${from} is not a setting.${hint} The settings are ${KEYS.join(', ')}.`, from);
}

function settingOf(key: keyof Config, given: Given | undefined): unknown {
  const { value, read, secret } = SETTINGS[key];
  if (!given) return value;
  const { from, input } = given;
  try {
    return read(input);
  } catch (error) {
    const quoted = secret ? '' : `, but is ${JSON.stringify(input)}`;
    throw invalidConfig(`${from} ${(error as Error).message}${quoted}.`, from);
  }
}
