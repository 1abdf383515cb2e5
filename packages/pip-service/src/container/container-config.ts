import { readFile } from 'node:fs/promises';
import { ConfigParams, Descriptor } from 'pip-services3-commons-nodex';
import { parse as parseYaml } from 'yaml';
import { badSetting } from '../exceptions.ts';
import { textSetting } from '../settings.ts';

/** A component of a process: its descriptor and its settings. */
export interface ComponentConfig {
  readonly descriptor: Descriptor;
  readonly config: ConfigParams;
}

/** The values of the template, by name. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/**
 * Reads a container configuration: a YAML (or JSON) list of components, each with a `descriptor`. The file is a
 * template with `{{X}}`, `{{{X}}}`, `{{#if X}}`, `{{#unless X}}`, `{{#X}}` and `{{^X}}`. Rejects with a ConfigException
 * that names the file.
 */
export async function readContainerConfig(path: string, parameters: Parameters): Promise<ComponentConfig[]> {
  let list: unknown;
  try {
    list = parseYaml(await fillIn(await readFile(path, 'utf8'), parameters)) ?? [];
  } catch (error) {
    throw badSetting('config', `The configuration file ${path} cannot be read: ${(error as Error).message}`);
  }
  if (!Array.isArray(list))
    throw badSetting('config', `The configuration file ${path} must contain a list of components.`);
  return list.map((item: unknown, index) => {
    const config = ConfigParams.fromValue(item);
    const text = textSetting(config, 'descriptor');
    const parts = text?.split(':').length;
    if (text === null || parts !== 5) {
      const what = `Component ${index + 1} in ${path}`;
      const found = JSON.stringify(text);
      const message = `${what} must have a descriptor like group:type:kind:name:version, but has ${found}.`;
      throw badSetting('descriptor', message);
    }
    return { descriptor: Descriptor.fromString(text), config };
  });
}

async function fillIn(template: string, parameters: Parameters): Promise<string> {
  const { default: handlebars } = await import('handlebars');
  // `X=false` must not count as set, as it does in the toolkit's templates.
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, value === 'false' ? false : value]),
  );
  // `compat`: inside `{{#X}}` all other names keep their meaning.
  return handlebars.compile(template, { noEscape: true, compat: true })(values);
}
