import { loadConfig } from '@pip-sessions/service/internal/config/config';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { badSetting } from './exceptions.ts';

/** The defaults of the service. Components use them for settings that they do not have. */
export const DEFAULTS = loadConfig({});

/** Returns a setting as a string; null if it is absent or empty, as after a template without a value. */
export function textSetting(config: ConfigParams, key: string): string | null {
  return config.getAsNullableString(key) || null;
}

/** Returns a whole number within bounds, or `value` if it is absent. Throws a ConfigException that names the key. */
export function wholeSetting(config: ConfigParams, key: string, value: number, min: number, max: number): number {
  const text = textSetting(config, key);
  if (text === null) return value;
  const number = Number(text);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw badSetting(key, `${key} must be a whole number from ${min} to ${max}, but is ${JSON.stringify(text)}.`);
  }
  return number;
}

/** Returns a list, given as a string with commas or as a list in the YAML file. */
export function listSetting(config: ConfigParams, key: string): string[] {
  const section = config.getSection(key);
  const items = section.getKeys().map((name) => textSetting(section, name));
  return [...(textSetting(config, key)?.split(',') ?? []), ...items]
    .map((item) => item?.trim() ?? '')
    .filter((item) => item !== '');
}
