import { Descriptor } from 'pip-services3-commons-nodex';

/** The group of this service, and that of the newer generation of the original (WIRE_V1.md, Component model). */
export const GROUPS = ['pip-services-sessions', 'service-sessions'] as const;

/** The locators under which a kind of client is found, one a group. */
export function clientDescriptors(kind: string): readonly Descriptor[] {
  return GROUPS.map((group) => new Descriptor(group, 'client', kind, '*', '1.0'));
}
