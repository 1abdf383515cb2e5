import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SessionsError } from './domain/errors.ts';
import { LOG_LEVELS, type LogLevel } from './observability/log.ts';

/** Everything that can be set, checked and frozen. */
export interface Config {
  readonly store: string;
  readonly host: string;
  readonly port: number;
  readonly idle_timeout: number;
  readonly sweep_interval: number;
  readonly page_size_max: number;
  readonly body_limit: number;
  readonly cors_origins: readonly string[];
  readonly log_level: LogLevel;
}

interface Setting<T> {
  /** What it means, with its unit: the text of `--help`. */
  readonly help: string;
  readonly value: T;
  /** The value that a text or a YAML value stands for; throws what is wrong with it. */
  readonly read: (input: unknown) => T;
}

/** Each key is `SESSIONS_<KEY>` in the environment and the same word, in lower case, in the YAML file. */
const SETTINGS: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  store: { value: 'sqlite:data/sessions.db', read: text, help: 'where sessions are kept: sqlite:<file> or memory:' },
  host: { value: '127.0.0.1', read: text, help: 'the address to listen on' },
  port: { value: 8080, read: whole(0, 65_535), help: 'the port to listen on, 0 for a free one; PORT is read too' },
  idle_timeout: { value: 86_400, read: whole(1, 315_360_000), help: 'seconds without activity that end a session' },
  sweep_interval: {
    value: 900,
    read: whole(0, 86_400),
    help: 'seconds between two sweeps of expired sessions, 0 for none',
  },
  page_size_max: { value: 100, read: whole(1, 10_000), help: 'the largest page of a list, in sessions' },
  body_limit: { value: 1_048_576, read: whole(1_024, 67_108_864), help: 'the largest request body, in bytes' },
  cors_origins: { value: [], read: origins, help: 'origins whose pages may call, separated by commas' },
  log_level: { value: 'info', read: oneOf(LOG_LEVELS), help: LOG_LEVELS.join(', ') },
};

const KEYS = Object.keys(SETTINGS) as readonly (keyof Config)[];
const PREFIX = 'SESSIONS_';
/** Names the YAML file itself. */
const FILE_VARIABLE = 'SESSIONS_CONFIG';

/**
 * Reads the configuration: the environment before the YAML file before the defaults. Throws `INVALID_CONFIG`, which
 * names the key, for one that is unknown or has a bad value.
 */
export function loadConfig(env: NodeJS.ProcessEnv, file: string | undefined = env[FILE_VARIABLE]): Config {
  const inputs = new Map<keyof Config, { readonly from: string; readonly input: unknown }>();
  if (file !== undefined) {
    for (const [name, input] of Object.entries(readYaml(file))) {
      inputs.set(keyOf(name, `${name} in ${file}`), { from: `${name} in ${file}`, input });
    }
  }
  if (env.PORT !== undefined) inputs.set('port', { from: 'PORT', input: env.PORT });
  for (const [name, input] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE) continue;
    inputs.set(keyOf(name.slice(PREFIX.length).toLowerCase(), name), { from: name, input });
  }
  return Object.freeze(
    Object.fromEntries(KEYS.map((key) => [key, settingOf(key, inputs.get(key))])),
  ) as unknown as Config;
}

/** Each setting with its meaning and its default, for `--help` and for the README. */
export function configHelp(): { readonly variable: string; readonly help: string; readonly value: string }[] {
  return KEYS.map((key) => {
    const { help, value } = SETTINGS[key];
    return { variable: PREFIX + key.toUpperCase(), help, value: String(value) || 'none' };
  });
}

function settingOf(key: keyof Config, given: { readonly from: string; readonly input: unknown } | undefined): unknown {
  const { value, read } = SETTINGS[key];
  if (!given) return value;
  try {
    return read(given.input);
  } catch (error) {
    throw invalid(`${given.from} ${(error as Error).message}, and is ${JSON.stringify(given.input)}.`, given.from);
  }
}

function keyOf(name: string, from: string): keyof Config {
  const key = KEYS.find((known) => known === name);
  if (!key) throw invalid(`${from} is not a setting; known are ${KEYS.join(', ')}.`, from);
  return key;
}

/** Loaded only for who has a file: it takes 30 ms of the start-up. */
function loadYaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml');
}

function readYaml(file: string): object {
  let content: unknown;
  try {
    content = loadYaml().parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw invalid(`The configuration file ${file} cannot be read: ${(error as Error).message}`, file);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalid(`The configuration file ${file} must hold keys with values.`, file);
  }
  return content;
}

function invalid(message: string, setting: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', message, { details: { setting } });
}

function text(input: unknown): string {
  if (typeof input !== 'string' || input === '') throw new Error('must be a text');
  return input;
}

function whole(min: number, max: number): (input: unknown) => number {
  return (input) => {
    const number = typeof input === 'string' && /^\d+$/.test(input) ? Number(input) : input;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

function oneOf<T extends string>(values: readonly T[]): (input: unknown) => T {
  return (input) => {
    const value = values.find((known) => known === input);
    if (value === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return value;
  };
}

function origins(input: unknown): readonly string[] {
  const list =
    typeof input === 'string'
      ? input
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : input;
  if (!Array.isArray(list)) throw new Error('must be a list of origins');
  for (const origin of list) {
    if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error('must list origins like https://app.example.com');
    }
  }
  return Object.freeze([...list]);
}
