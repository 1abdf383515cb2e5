import { Descriptor } from 'pip-services3-commons-nodex';

/** The component groups of this service and of the newer generation of the original (WIRE_V1.md, Component model). */
export const GROUPS = ['pip-services-sessions', 'service-sessions'] as const;

/** The descriptors of a kind of client, one per group. */
export function clientDescriptors(kind: string): readonly Descriptor[] {
  return GROUPS.map((group) => new Descriptor(group, 'client', kind, '*', '1.0'));
}
