import { loadConfig } from '@pip-sessions/service/internal/config/config';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { badSetting } from './exceptions.ts';

/** The service's own defaults: what a component is not told is as in the service without components. */
export const DEFAULTS = loadConfig({});

/** The text of a setting; a template that had nothing to fill in leaves an empty one, which counts as none. */
export function textSetting(config: ConfigParams, key: string): string | null {
  return config.getAsNullableString(key) || null;
}

/** A whole number within bounds, or `value` when there is none. Throws a ConfigException that names the key. */
export function wholeSetting(config: ConfigParams, key: string, value: number, min: number, max: number): number {
  const text = textSetting(config, key);
  if (text === null) return value;
  const number = Number(text);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw badSetting(key, `${key} must be a whole number from ${min} to ${max}, but is ${JSON.stringify(text)}.`);
  }
  return number;
}

/** A list in one text with commas, or as a list in the YAML file. */
export function listSetting(config: ConfigParams, key: string): string[] {
  const section = config.getSection(key);
  const items = section.getKeys().map((name) => textSetting(section, name));
  return [...(textSetting(config, key)?.split(',') ?? []), ...items]
    .map((item) => item?.trim() ?? '')
    .filter((item) => item !== '');
}
