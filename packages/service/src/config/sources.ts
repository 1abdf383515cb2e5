import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isForeign } from './foreign-variables.ts';
import { invalidConfig } from './values.ts';

const PREFIX = 'SESSIONS_';
/** The variable with the path of the YAML file. */
export const FILE_VARIABLE = 'SESSIONS_CONFIG';

/** Returns the name of a setting in the environment. */
export function variableOf(key: string): string {
  return PREFIX + key.toUpperCase();
}

/** A setting that was given, before any check. */
export interface Given {
  /** In lower case, without the prefix. It may be the name of no setting. */
  readonly name: string;
  /** Where the setting was given, for error messages. */
  readonly from: string;
  readonly input: unknown;
}

/** Returns all given settings. Later ones override earlier ones: the YAML file, PORT, the environment. */
export function* givenSettings(env: NodeJS.ProcessEnv, file: string | undefined): Generator<Given> {
  if (file !== undefined) {
    for (const [name, input] of Object.entries(readYaml(file))) yield { name, from: `${name} in ${file}`, input };
  }
  if (env.PORT !== undefined) yield { name: 'port', from: 'PORT', input: env.PORT };
  for (const [variable, input] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || variable === FILE_VARIABLE || isForeign(variable, input ?? '')) continue;
    yield { name: variable.slice(PREFIX.length).toLowerCase(), from: variable, input };
  }
}

function readYaml(file: string): object {
  let content: unknown;
  try {
    content = parseYaml(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw invalidConfig(`The configuration file ${file} cannot be read: ${(error as Error).message}`, file);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalidConfig(`The configuration file ${file} must contain keys with values.`, file);
  }
  return content;
}

/**
 * Parses YAML without quoting it in errors: the parser's errors and warnings quote lines, which may contain an API key.
 */
function parseYaml(content: string): unknown {
  const { parse, YAMLParseError } = loadYaml();
  try {
    return parse(content, { logLevel: 'error' });
  } catch (error) {
    const position = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    if (!(error instanceof YAMLParseError) || !position) throw new Error('it is not valid YAML.');
    throw new Error(`it is not valid YAML at line ${position.line}, column ${position.col} (${error.code}).`);
  }
}

/** Loaded only if there is a file: the module takes 30 ms of the start. */
function loadYaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml');
}
