import { type ConfigParams, Descriptor, type IReferences, ReferenceException } from 'pip-services3-commons-nodex';
import { textSetting } from './settings.ts';

/** The groups of both generations of the microservice: applications use either of them. */
export const GROUPS = ['pip-services-sessions', 'service-sessions'] as const;

/**
 * Returns the component that `dependencies.<name>` locates; without that setting, any component of that type in one of
 * the groups. Throws a ReferenceException if there is none.
 */
export function findDependency(references: IReferences, config: ConfigParams, name: string): unknown {
  const locator = textSetting(config, `dependencies.${name}`);
  if (locator !== null) return references.getOneRequired(Descriptor.fromString(locator));
  for (const group of GROUPS) {
    const component: unknown = references.getOneOptional(new Descriptor(group, name, '*', '*', '1.0'));
    if (component) return component;
  }
  throw new ReferenceException('', `${GROUPS.join(' or ')}:${name}:*:*:1.0`);
}

/** Returns any component of that type in any group; null if there is none. */
export function findOptional(references: IReferences, type: string, kind = '*'): unknown {
  return references.getOneOptional(new Descriptor('*', type, kind, '*', '*'));
}
