import { nearest } from '@pip-sessions/service/internal/config/nearest';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { badSetting } from '../exceptions.ts';

/** Maximum number of typing errors of a misspelt setting. A name with more may be a setting of the original service. */
const ERRORS_MAX = 3;
/** The index of an item of a list. */
const INDEX = /\.\d+$/;

/** A component with a list of its settings; `name.*` means every key below `name`. */
interface WithSettings {
  readonly settings: readonly string[];
}

/**
 * Throws a ConfigException for a setting that is probably misspelt. Returns the other unknown settings: the original
 * service may have had them.
 */
export function unknownSettings(component: object, config: ConfigParams): string[] {
  const known = settingsOf(component);
  if (known === null) return [];
  const names = known.filter((name) => !name.endsWith('.*'));
  const sections = known.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  const given = config.getKeys().map((key) => key.replace(INDEX, '').toLowerCase());
  const unknown = given.filter((key) => key !== 'descriptor' && !names.includes(key) && !isBelow(key, sections));
  for (const key of unknown) {
    const meant = nearest(key, names, ERRORS_MAX);
    if (meant !== null) throw badSetting(key, `${key} is not a setting of the component. Did you mean ${meant}?`);
  }
  return unknown;
}

function isBelow(key: string, sections: readonly string[]): boolean {
  return sections.some((section) => key.startsWith(section));
}

function settingsOf(component: object): readonly string[] | null {
  const type = component.constructor;
  return 'settings' in type ? (type as unknown as WithSettings).settings : null;
}
