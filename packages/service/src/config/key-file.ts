import { readFileSync } from 'node:fs';
import { type ApiKey, keysIn } from '../http/authentication/api-keys.ts';
import type { Config } from './settings.ts';
import { variableOf } from './sources.ts';
import { invalidConfig } from './values.ts';

type KeySettings = Pick<Config, 'api_keys' | 'api_keys_file'>;

/** Whether requests need an API key. */
export function requiresKeys({ api_keys, api_keys_file }: KeySettings): boolean {
  return api_keys.length > 0 || api_keys_file !== null;
}

/**
 * Returns the keys of the settings, and then those of the file, which has one key a line; lines that begin with `#` and
 * empty lines are ignored. Throws `INVALID_CONFIG`, which names the file and the line.
 */
export function readApiKeys({ api_keys, api_keys_file: file }: KeySettings): readonly ApiKey[] {
  if (file === null) return api_keys;
  const setting = variableOf('api_keys_file');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalidConfig(`${setting} cannot be read: ${(error as Error).message}.`, setting);
  }
  const lines = text.split('\n').map((line, index) => ({ at: `line ${index + 1}`, text: line.trim() }));
  const entries = lines.filter((line) => line.text !== '' && !line.text.startsWith('#'));
  // An empty file may not have been filled yet. Without its keys, every caller would be rejected.
  if (entries.length === 0) throw invalidConfig(`${setting} has no key in ${file}: write one key a line.`, setting);
  try {
    return keysIn(entries, api_keys);
  } catch (error) {
    throw invalidConfig(`${setting} ${(error as Error).message} of ${file}.`, setting);
  }
}
